// Registering a service worker, and waiting until it works.

/** Registers it, and returns once one of it is active: by one that is not, a browser subscribes to nothing and keeps nothing. */
export async function registered(path: string, options: RegistrationOptions = {}): Promise<ServiceWorkerRegistration> {
  const registration = await navigator.serviceWorker.register(path, options);
  const worker = registration.installing ?? registration.waiting;
  if (registration.active === null && worker !== null) {
    await new Promise<void>((done) => {
      const changed = () => (worker.state === "activated" || worker.state === "redundant") && done();
      worker.addEventListener("statechange", changed);
      changed();
    });
  }
  if (registration.active === null) throw new Error(`${path} could not be installed`);
  return registration;
}
