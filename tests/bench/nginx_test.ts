import { assertEquals, assertStringIncludes } from "@std/assert";
import { nginxConfig } from "../../bench/nginx.ts";

const SETUP = { port: 8123, docroot: "/srv/a folder", scratch: "/tmp/scratch", connections: 64 };

Deno.test("nginxConfig() asks for one quiet worker with sendfile, on loopback alone", () => {
  const config = nginxConfig(SETUP);
  for (const line of ["worker_processes 1;", "access_log off;", "sendfile on;", "daemon off;"]) {
    assertStringIncludes(config, line);
  }
  assertEquals(config.match(/listen .*;/g), ["listen 127.0.0.1:8123;"]);
  assertStringIncludes(config, 'root "/srv/a folder";');
  assertStringIncludes(config, 'return 200 "hello";');
});

Deno.test("nginxConfig() logs into its scratch folder where that is asked for", () => {
  const config = nginxConfig({ ...SETUP, log: true });
  assertStringIncludes(config, 'access_log "/tmp/scratch/access.log";');
  assertEquals(config.includes("access_log off"), false);
});

Deno.test("nginxConfig() keeps everything that nginx writes in its scratch folder", () => {
  const paths = nginxConfig(SETUP).match(/^ *(pid|\w+_temp_path) .*$/gm)!;
  assertEquals(paths.length, 6);
  assertEquals(paths.filter((line) => !line.includes(' "/tmp/scratch/')), []);
});

Deno.test("nginxConfig() has room for more connections than nginx's default", () => {
  assertStringIncludes(nginxConfig(SETUP), "worker_connections 512;");
  assertStringIncludes(nginxConfig({ ...SETUP, connections: 1000 }), "worker_connections 1064;");
});

Deno.test("nginxConfig() ends no connection after so many requests where that is asked for", () => {
  assertEquals(nginxConfig(SETUP).includes("keepalive_requests"), false);
  assertStringIncludes(
    nginxConfig({ ...SETUP, keepForever: true }),
    "keepalive_requests 1000000000;",
  );
});
