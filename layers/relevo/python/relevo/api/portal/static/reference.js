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
  tryItOutEnabled: true,
  validatorUrl: null,
  requestInterceptor(request) {
    if (!new URL(request.url, document.baseURI).href.startsWith(api)) {
      throw new Error("A key goes to its own API only.");
    }
    return request;
  },
});

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();
