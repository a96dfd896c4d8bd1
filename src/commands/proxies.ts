type Environment = Readonly<Record<string, string | undefined>>;

/** Whether the environment names a proxy for any address; which requests go through it is axios' to decide (NO_PROXY). */
export const namesProxy = (environment: Environment): boolean => proxiesIn(environment).length > 0;

/** The hosts of the proxies that the environment names. */
export const proxyHosts = (environment: Environment): readonly string[] =>
  proxiesIn(environment).flatMap((proxy) => {
    const url = proxy.includes('://') ? proxy : `http://${proxy}`;
    return URL.canParse(url) ? [new URL(url).hostname] : [];
  });

const proxiesIn = (environment: Environment): readonly string[] =>
  Object.entries(environment).flatMap(([name, value = '']) =>
    /^(https?|all)_proxy$/i.test(name) && value !== '' ? [value] : [],
  );
