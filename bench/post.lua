-- wrk script: posts JSON over and over; the JSON is the first argument after "--".
init = function(args)
  wrk.method = "POST"
  wrk.body = args[1]
  wrk.headers["Content-Type"] = "application/json"
end
