// Shows a notice of the service that came by web push, and opens its event. It keeps nothing and asks for nothing.
// What came was encrypted for this browser; `link` leads to the page of the event, for those with an account.

self.addEventListener("push", (event) => {
  const notice = read(event.data);
  event.waitUntil(
    self.registration.showNotification(notice.title, {
      body: notice.text,
      tag: notice.id,
      icon: "/app/icon.svg",
      data: { link: notice.link },
      renotify: false,
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.link));
});

function read(data) {
  try {
    const { id = "", title = "passerby", text = "", link = null } = data?.json() ?? {};
    return { id: String(id), title: String(title), text: String(text), link };
  } catch {
    return { id: "", title: "passerby", text: "", link: null };
  }
}

/** Opens an event in a page of this service that is open already, else in a new one; no other site is opened. */
async function open(link) {
  const wanted = new URL(link ?? "/events", self.location.origin);
  const target = wanted.origin === self.location.origin ? wanted.href : new URL("/events", self.location.origin).href;
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  for (const one of windows) {
    if (one.url === target) return one.focus();
  }
  return self.clients.openWindow(target);
}
