// Placeholder of the seam: the Config type is inferred from schema/ (zod) by the owner of config/.
export type Config = unknown;
