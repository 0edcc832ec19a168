// WebSockets of an application of Hono on `serve`, by Hono's own helper.

import { upgradeWebSocket as upgrade, type UpgradeWebSocketOptions } from "@eco/http/server";
import { defineWebSocketHelper, type UpgradeWebSocket, WSContext } from "hono/ws";

/** In the place of the `upgradeWebSocket` of `hono/deno`; its options are those of `@eco/http/server`. */
export const upgradeWebSocket: UpgradeWebSocket<WebSocket, UpgradeWebSocketOptions> =
  defineWebSocketHelper<WebSocket, UpgradeWebSocketOptions>((c, events, options) => {
    if (c.req.header("upgrade")?.toLowerCase() !== "websocket") return;
    const { socket, response } = upgrade(c.req.raw, options);
    const context = new WSContext<WebSocket>({
      raw: socket,
      url: socket.url,
      protocol: socket.protocol,
      get readyState() {
        return socket.readyState as 0 | 1 | 2 | 3;
      },
      send: (data) => socket.send(data),
      close: (code, reason) => socket.close(code, reason),
    });
    socket.onopen = (event) => events.onOpen?.(event, context);
    socket.onmessage = (event) => events.onMessage?.(event, context);
    socket.onclose = (event) => events.onClose?.(event, context);
    socket.onerror = (event) => events.onError?.(event, context);
    return response;
  });
