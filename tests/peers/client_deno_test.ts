// The client against Deno.serve and against our own server, each over TCP, TLS and a unix socket: bodies
// of every kind go there and come back as they were.

import { assert, assertEquals } from "@std/assert";
import {
  bodyWithFile,
  Client,
  form,
  type RequestBody,
  type RequestOptions,
} from "../../client/mod.ts";
import { type Handler, listen, type ListenOptions } from "../../server/mod.ts";
import { TempTree } from "../server/files/temp_tree.ts";
import { type CertificateFiles, makeCertificate } from "./certificate.ts";
import { testWith } from "./programs.ts";

/** A server that sends back what it gets, with the request's media type and framing in fields. */
interface EchoPeer extends AsyncDisposable {
  readonly url: string;
  /** What a request there needs. */
  readonly options: RequestOptions;
}

type Way = "TCP" | "TLS" | "a unix socket";
const WAYS: Way[] = ["TCP", "TLS", "a unix socket"];

/** Where a server listens. */
interface Place {
  readonly unix: string;
  /** For TLS alone. */
  readonly files: CertificateFiles | undefined;
}

const KINDS: Record<string, (way: Way, place: Place) => EchoPeer> = {
  "Deno.serve": denoPeer,
  "our server": ownPeer,
};

async function answer(request: Request): Promise<Response> {
  const headers = new Headers();
  for (const name of ["content-type", "content-length", "transfer-encoding"]) {
    headers.set(`x-${name}`, request.headers.get(name) ?? "none");
  }
  return new Response(await request.arrayBuffer(), { headers });
}

const echo: Handler = async (con, req) => {
  for (const name of ["content-type", "content-length", "transfer-encoding"]) {
    con.addHeader(`x-${name}`, req.headers[name] ?? "none");
  }
  con.send(await con.readBody());
};

function denoPeer(way: Way, place: Place): EchoPeer {
  const { unix, files } = place;
  const quiet = { onListen: () => {} };
  const tls = files === undefined ? {} : {
    cert: Deno.readTextFileSync(files.cert),
    key: Deno.readTextFileSync(files.key),
  };
  const server = way === "a unix socket"
    ? Deno.serve({ path: unix, ...quiet }, answer)
    : Deno.serve(
      { hostname: "127.0.0.1", port: 0, ...tls, ...quiet },
      answer,
    );
  return peerOf(way, server.addr, place, () => server.shutdown());
}

function ownPeer(way: Way, place: Place): EchoPeer {
  const { unix, files } = place;
  const options: ListenOptions = files === undefined ? {} : { cert: files.cert, key: files.key };
  const server = way === "a unix socket"
    ? listen(0, { path: unix }, echo)
    : listen("127.0.0.1", 0, options, echo);
  return peerOf(way, server.addr, place, async () => void await server.shutdown());
}

function peerOf(
  way: Way,
  addr: Deno.Addr,
  { unix, files }: Place,
  end: () => Promise<void>,
): EchoPeer {
  const { port } = addr as Deno.NetAddr;
  return {
    url: way === "a unix socket"
      ? "http://named.test/echo"
      : `${way === "TLS" ? "https" : "http"}://localhost:${port}/echo`,
    options: way === "a unix socket"
      ? { unix }
      : files === undefined
      ? {}
      : { ca: files.authority },
    [Symbol.asyncDispose]: end,
  };
}

/** A body, and what should arrive. */
interface Sample {
  readonly body: RequestBody;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly chunked?: boolean;
}

async function* pieces(bytes: Uint8Array<ArrayBuffer>): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 10_007) {
    yield await Promise.resolve(bytes.subarray(at, at + 10_007));
  }
}

/** One of each kind, forms aside. */
async function samples(tree: TempTree): Promise<Record<string, Sample>> {
  const bytes = crypto.getRandomValues(new Uint8Array(65_000));
  const large = new Uint8Array(4 * 65_000 + 1);
  for (let i = 0; i < 4; i++) large.set(bytes, i * 65_000);
  const text = "text \u00e9 \u{1f600} ".repeat(1000);
  const encode = (it: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(it);
  const search = new URLSearchParams([["a", "b c"], ["\u00e9", "&="]]);
  const plain = "text/plain;charset=UTF-8";
  return {
    "a string": { body: text, bytes: encode(text), type: plain },
    "an empty string": { body: "", bytes: encode(""), type: plain },
    "bytes": { body: bytes, bytes, type: "none" },
    "bytes within others": {
      body: large.subarray(7, 999),
      bytes: large.slice(7, 999),
      type: "none",
    },
    "many bytes": { body: large, bytes: large, type: "none" },
    "an ArrayBuffer": { body: large.buffer, bytes: large, type: "none" },
    "a Blob": { body: new Blob([large], { type: "image/png" }), bytes: large, type: "image/png" },
    "a stream": { body: new Blob([large]).stream(), bytes: large, type: "none", chunked: true },
    "an iterable": { body: pieces(large), bytes: large, type: "none", chunked: true },
    "an empty iterable": {
      body: pieces(encode("")),
      bytes: encode(""),
      type: "none",
      chunked: true,
    },
    "URLSearchParams": {
      body: search,
      bytes: encode("a=b+c&%C3%A9=%26%3D"),
      type: "application/x-www-form-urlencoded;charset=UTF-8",
    },
    "a file": {
      body: await bodyWithFile(tree.write("page.html", large)),
      bytes: large,
      type: "text/html; charset=UTF-8",
    },
    "an empty file": {
      body: await bodyWithFile(tree.write("empty.unknown", "")),
      bytes: encode(""),
      type: "none",
    },
  };
}

for (const [name, start] of Object.entries(KINDS)) {
  for (const way of WAYS) {
    const needed: ["openssl"] | [] = way === "TLS" ? ["openssl"] : [];
    testWith(needed, `bodies of every kind come back from ${name} over ${way}`, async () => {
      using files = way === "TLS" ? await makeCertificate() : undefined;
      using tree = new TempTree();
      await using peer = start(way, { unix: `${tree.root}/socket`, files });
      using client = new Client(peer.options);
      for (const [kind, { body, bytes, type, chunked }] of Object.entries(await samples(tree))) {
        const response = await client.post(peer.url, body);
        const { headers } = response;
        assertEquals([response.code, headers["x-content-type"]], [200, type], kind);
        assertEquals(
          [headers["x-content-length"], headers["x-transfer-encoding"]],
          chunked ? ["none", "chunked"] : [String(bytes.length), "none"],
          kind,
        );
        assert(isSame(response.body!, bytes), `${kind} came back changed`);
      }
      assertEquals(client.stats().opened, 1);
    });

    testWith(needed, `forms come back from ${name} over ${way}`, async () => {
      using files = way === "TLS" ? await makeCertificate() : undefined;
      using tree = new TempTree();
      await using peer = start(way, { unix: `${tree.root}/socket`, files });
      using client = new Client(peer.options);
      const large = crypto.getRandomValues(new Uint8Array(60_000));
      const data = new FormData();
      data.append("field", "one\r\ntwo");
      data.append("blob", new File([large], "a b.png", { type: "image/png" }));
      const ours = form()
        .add("field", "one\r\ntwo")
        .addFile("blob", tree.write("a b.png", large));
      for (const body of [data, ours]) {
        const response = await client.post(peer.url, body);
        const { headers } = response;
        assertEquals(headers["x-content-length"], String(response.body!.length));
        const parsed = await new Response(response.body, {
          headers: { "Content-Type": headers["x-content-type"]! },
        }).formData();
        const file = parsed.get("blob") as File;
        assertEquals([...parsed.keys()], ["field", "blob"]);
        assertEquals([parsed.get("field"), file.name, file.type], [
          ...["one\r\ntwo", "a b.png", "image/png"],
        ]);
        assert(isSame(await file.bytes(), large));
      }
    });
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}
