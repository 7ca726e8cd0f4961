/**
 * What this machine can draw. Software renderers manage about one frame a second with the full map,
 * so they get the lite one: no MSAA, no points below zoom 15, no animation, opaque panels.
 */
export type Power = "full" | "lite" | "none";

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** Judges a renderer by the name WebGL gives it; null means that there is no WebGL 2 at all. */
export function powerOf(renderer: string | null): Power {
  if (renderer === null) return "none";
  return SOFTWARE.test(renderer) ? "lite" : "full";
}

function rendererName(): string | null {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (!gl) return null;
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return name;
}

/** `?lite=1` and `?lite=0` overrule what was found, except where nothing can be drawn. */
export function detectPower(search: URLSearchParams): Power {
  const found = powerOf(rendererName());
  const asked = search.get("lite");
  if (found === "none" || asked === null) return found;
  return asked === "0" ? "full" : "lite";
}
