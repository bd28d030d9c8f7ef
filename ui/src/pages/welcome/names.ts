// A name that a site file takes for a camera, made of what the camera is called.

/** "Square (north) 2" -> "square-north-2"; an address becomes "camera-10-0-3-7". */
export function nameOf(text: string): string {
  const plain = text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "dj");
  const slug = plain.replace(/[^a-z0-9]+/g, "-").slice(0, 40).replace(/^-+|-+$/g, "");
  if (slug === "") return "camera";
  return /^[0-9-]+$/.test(slug) ? `camera-${slug}` : slug;
}
