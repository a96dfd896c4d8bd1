/** Whether the environment names a proxy for any address; which requests go through it is axios' to decide (NO_PROXY). */
export const namesProxy = (environment: Readonly<Record<string, string | undefined>>): boolean =>
  Object.entries(environment).some(([name, value]) => /^(https?|all)_proxy$/i.test(name) && value !== '');
