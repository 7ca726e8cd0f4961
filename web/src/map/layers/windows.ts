import { MercatorCoordinate, type CustomLayerInterface, type CustomRenderMethodInput, type Map } from "maplibre-gl";

/**
 * The addresses of the town as lit windows on the facades: 122,000 points in one gl.POINTS draw call,
 * hidden behind buildings by the depth buffer. deck.gl needs six times as long for them without a GPU.
 */

const VERTEX = `#version 300 es
uniform mat4 u_matrix;
uniform float u_size;
uniform float u_glow;
in vec4 a_point;
out vec4 v_color;
float spread(float n) { return fract(sin(n * 12.9898) * 43758.5453); }
void main() {
  gl_Position = u_matrix * vec4(a_point.xyz, 1.0);
  // Towards the eye by a hair, or a window would flicker in its own wall.
  gl_Position.z -= 1e-4 * gl_Position.w;
  float lit = spread(float(gl_VertexID));
  gl_PointSize = clamp(u_size / gl_Position.w, 1.0, 9.0);
  vec4 pale = vec4(0.74, 0.85, 0.98, lit < 0.55 ? 0.12 + 0.3 * lit : 0.62);
  vec4 warm = vec4(1.0, 0.86, 0.6, 0.55 + 0.4 * lit);
  vec4 amber = vec4(1.0, 0.66, 0.24, 1.0);
  v_color = a_point.w > 1.5 ? amber : a_point.w > 0.5 ? warm : pale;
  v_color.a *= u_glow;
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
in vec4 v_color;
out vec4 color;
void main() {
  float alpha = v_color.a * (1.0 - smoothstep(0.36, 0.5, length(gl_PointCoord - 0.5)));
  if (alpha < 0.02) discard;
  color = vec4(v_color.rgb * alpha, alpha);
}`;

export interface Ground {
  origin: readonly [number, number];
  metresPerDegree: readonly [number, number];
}

const COLUMNS = 4;

/**
 * Rows of metres become rows of Mercator units around `anchor`, small enough for 32-bit floats.
 *
 * @param rows east_m, north_m, z_m, kind (0 registered, 1 tenant, 2 attention) per address
 */
export function toMercator(rows: Float32Array, ground: Ground, anchor: MercatorCoordinate): Float32Array {
  const [lon, lat] = ground.origin;
  const [perLon, perLat] = ground.metresPerDegree;
  const unit = anchor.meterInMercatorCoordinateUnits();
  const out = new Float32Array(rows.length);
  for (let at = 0; at + 3 < rows.length; at += COLUMNS) {
    const place = MercatorCoordinate.fromLngLat([lon + rows[at]! / perLon, lat + rows[at + 1]! / perLat]);
    out[at] = place.x - anchor.x;
    out[at + 1] = place.y - anchor.y;
    out[at + 2] = rows[at + 2]! * unit;
    out[at + 3] = rows[at + 3]!;
  }
  return out;
}

export const WINDOWS = "windows";

export class WindowsLayer implements CustomLayerInterface {
  readonly id = WINDOWS;
  readonly type = "custom";
  readonly renderingMode = "3d";
  isShown = true;
  private readonly anchor: MercatorCoordinate;
  private readonly points: Float32Array;
  private map: Map | undefined;
  private program: WebGLProgram | undefined;
  private vertices: WebGLVertexArrayObject | undefined;
  private uniforms: Record<"matrix" | "size" | "glow", WebGLUniformLocation | null> | undefined;

  constructor(
    rows: Float32Array,
    ground: Ground,
    private readonly minZoom: number,
  ) {
    this.anchor = MercatorCoordinate.fromLngLat([...ground.origin]);
    this.points = toMercator(rows, ground, this.anchor);
  }

  onAdd(map: Map, gl: WebGL2RenderingContext): void {
    this.map = map;
    const program = linked(gl);
    this.program = program;
    this.uniforms = {
      matrix: gl.getUniformLocation(program, "u_matrix"),
      size: gl.getUniformLocation(program, "u_size"),
      glow: gl.getUniformLocation(program, "u_glow"),
    };
    this.vertices = gl.createVertexArray();
    gl.bindVertexArray(this.vertices);
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, this.points, gl.STATIC_DRAW);
    const attribute = gl.getAttribLocation(program, "a_point");
    gl.enableVertexAttribArray(attribute);
    gl.vertexAttribPointer(attribute, COLUMNS, gl.FLOAT, false, 0, 0);
    gl.bindVertexArray(null);
  }

  render(gl: WebGL2RenderingContext, input: CustomRenderMethodInput): void {
    const map = this.map;
    if (!this.isShown || !map || !this.program || !this.uniforms || map.getZoom() < this.minZoom) return;
    const zoom = map.getZoom();
    gl.useProgram(this.program);
    gl.uniformMatrix4fv(this.uniforms.matrix, false, this.matrixAtAnchor(input));
    gl.uniform1f(this.uniforms.size, 1.5 * map.getCanvas().height * 2 ** (zoom - 15.2));
    gl.uniform1f(this.uniforms.glow, Math.min(1, 0.35 + (zoom - this.minZoom) * 0.65));
    gl.bindVertexArray(this.vertices!);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.enable(gl.DEPTH_TEST);
    gl.depthMask(false);
    gl.drawArrays(gl.POINTS, 0, this.points.length / COLUMNS);
    gl.bindVertexArray(null);
    gl.depthMask(true);
  }

  /** The map's matrix moved to the anchor in doubles; in 32-bit floats the windows would jitter. */
  private matrixAtAnchor(input: CustomRenderMethodInput): Float32Array {
    const matrix = Float64Array.from(input.defaultProjectionData.mainMatrix as ArrayLike<number>);
    for (let row = 0; row < 4; row += 1) {
      matrix[12 + row]! += matrix[row]! * this.anchor.x + matrix[4 + row]! * this.anchor.y;
    }
    return Float32Array.from(matrix);
  }
}

function linked(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(type)!;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program) ?? "link");
  return program;
}
