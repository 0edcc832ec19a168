-- wrk script: sends N requests at once on every connection; N is the first argument after "--".
init = function(args)
  local request_text = wrk.format("GET", wrk.path)
  batch = string.rep(request_text, tonumber(args[1]))
end

request = function()
  return batch
end
