// Swagger UI over our own description; it may speak to this API and to nothing else.
const place = document.getElementById("reference");
const description = new URL(place.dataset.description, document.baseURI);
const api = new URL(".", description).href;

SwaggerUIBundle({
  domNode: place,
  url: description.href,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  persistAuthorization: false,
  syntaxHighlight: { theme: "obsidian" },
  tryItOutEnabled: true,
  validatorUrl: null,
  requestInterceptor(request) {
    if (!new URL(request.url, document.baseURI).href.startsWith(api)) {
      throw new Error("A key goes to its own API only.");
    }
    return request;
  },
});

// Swagger UI leaves some of its controls without names, and some boxes out of reach of the keyboard.
const names = {
  ".body-param__text": "Request body",
  ".examples-select-element": "Example",
  ".response-controls .content-type": "Media type",
};
const name = () => {
  for (const [which, text] of Object.entries(names)) {
    for (const control of place.querySelectorAll(`${which}:not([aria-label])`)) {
      control.setAttribute("aria-label", text);
    }
  }
  for (const box of place.querySelectorAll("pre.microlight:not([tabindex])")) box.tabIndex = 0;
  for (const button of place.querySelectorAll("button:empty:not([aria-label])")) {
    button.setAttribute("aria-label", "Copy");
  }
};
new MutationObserver(name).observe(place, { childList: true, subtree: true });

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();
