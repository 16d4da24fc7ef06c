"use strict";

// Redoc's own line at the foot has a picture of another host: it goes without.
const isOfHere = (address) => {
  const url = new URL(address, document.baseURI);
  return url.protocol === "data:" || url.origin === location.origin;
};
const source = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, "src");
Object.defineProperty(HTMLImageElement.prototype, "src", {
  ...source,
  set(address) {
    if (isOfHere(address)) {
      source.set.call(this, address);
    }
  },
});
HTMLImageElement.prototype.setAttribute = function (name, value) {
  if (name !== "src" || isOfHere(value)) {
    Element.prototype.setAttribute.call(this, name, value);
  }
};

// No search: it would need a worker made of text. No fonts from outside.
window.addEventListener("load", () => {
  Redoc.init(
    "openapi.json",
    {
      disableSearch: true,
      theme: {
        typography: {
          fontFamily: "system-ui, sans-serif",
          headings: { fontFamily: "system-ui, sans-serif" },
        },
      },
    },
    document.getElementById("page"),
  );
});
