// QR codes for terminals.

/** The lines of a QR code, which reads on a dark and on a light terminal. */
export async function qrCode(text: string): Promise<string[]> {
  const { renderUnicodeCompact } = await import("uqr");
  return renderUnicodeCompact(text, { border: 2 }).split("\n");
}
