"use strict";
// Renders openapi.json. Everything from the document goes in as text, never as markup.

const element = (name, attributes = {}, ...children) => {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
};

const follow = (api, schema) => {
  if (!schema || !schema.$ref) return schema || {};
  return schema.$ref.split("/").slice(1).reduce((at, key) => at[key], api);
};

const typeOf = (api, schema) => {
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.type === "array") return `list of ${typeOf(api, schema.items || {})}`;
  const types = [].concat(schema.type || (schema.anyOf || []).map((one) => typeOf(api, one)) || "any");
  return types.filter((one) => one !== "null").join(" or ") + (schema.format ? ` (${schema.format})` : "");
};

const limitsOf = (schema) => {
  const limits = [];
  if (schema.enum) limits.push(schema.enum.join(" · "));
  for (const [key, word] of [["minLength", "min length"], ["maxLength", "max length"], ["minimum", "min"],
    ["maximum", "max"], ["minItems", "min items"], ["maxItems", "max items"], ["default", "default"]]) {
    if (schema[key] !== undefined) limits.push(`${word} ${schema[key]}`);
  }
  return limits.join(", ");
};

const nested = (api, schema) => {
  const inner = schema.type === "array" ? schema.items : schema;
  return inner && inner.$ref ? follow(api, inner) : null;
};

const fieldsTable = (api, schema, depth = 0) => {
  const table = element("table");
  table.append(element("tr", {}, ...["Field", "Type", "Limits", ""].map((word) => element("th", {}, word))));
  const required = new Set(schema.required || []);
  for (const [name, field] of Object.entries(schema.properties || {})) {
    table.append(element("tr", {},
      element("td", {}, element("code", {}, name + (required.has(name) ? " *" : ""))),
      element("td", {}, typeOf(api, field)),
      element("td", {}, limitsOf(field)),
      element("td", {}, field.description || "")));
    const inner = nested(api, field);
    if (inner && inner.properties && depth < 4) {
      table.append(element("tr", {}, element("td", { colspan: 4 }, fieldsTable(api, inner, depth + 1))));
    }
  }
  return table;
};

const bodyOf = (content) => content && Object.values(content)[0] && Object.values(content)[0].schema;

const inside = (api, operation) => {
  const box = element("div", { class: "inside" });
  for (const paragraph of operation.description.split("\n\n")) box.append(element("p", {}, paragraph));
  const parameters = (operation.parameters || []).filter((one) => one.in !== "path");
  if (parameters.length) {
    box.append(element("h3", {}, "Parameters"), fieldsTable(api, {
      required: parameters.filter((one) => one.required).map((one) => one.name),
      properties: Object.fromEntries(parameters.map((one) => [
        `${one.name} (${one.in})`, { description: one.description, ...one.schema }])),
    }));
  }
  const sent = operation.requestBody && bodyOf(operation.requestBody.content);
  if (sent) {
    const example = operation.requestBody.content["application/json"].example;
    box.append(element("h3", {}, "Send"), fieldsTable(api, follow(api, sent)),
      element("pre", {}, JSON.stringify(example, null, 2)));
  }
  for (const [status, response] of Object.entries(operation.responses)) {
    const schema = status < 300 && bodyOf(response.content);
    if (!schema) continue;
    box.append(element("h3", {}, `Answer ${status}`), fieldsTable(api, follow(api, schema)));
    const example = Object.values(response.content)[0].example;
    if (example) box.append(element("pre", {}, JSON.stringify(example, null, 2)));
  }
  const table = element("table", {}, element("tr", {}, ...["Status", "Refusals"].map((word) => element("th", {}, word))));
  for (const [status, response] of Object.entries(operation.responses)) {
    if (status < 400) continue;
    const lines = follow(api, response).description.split("\n").map((line) => element("div", {}, line.slice(2)));
    table.append(element("tr", {}, element("td", {}, status), element("td", {}, ...lines)));
  }
  box.append(element("h3", {}, "Refusals, as problem documents"), table);
  return box;
};

const render = (api, wanted) => {
  const main = document.getElementById("operations");
  const tasks = new Map(api.tags.map((tag) => [tag.name, []]));
  let count = 0;
  for (const [path, operations] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const permission = operation["x-permission"];
      const words = `${method} ${path} ${operation.summary} ${permission}`.toLowerCase();
      if (!wanted.every((word) => words.includes(word))) continue;
      count += 1;
      const details = element("details", {}, element("summary", {},
        element("span", { class: `method ${method}` }, method.toUpperCase()),
        element("code", {}, path),
        element("span", { class: "summary" }, operation.summary),
        element("span", { class: "permission" }, permission)));
      details.addEventListener("toggle", () => {
        if (details.open && details.children.length === 1) details.append(inside(api, operation));
      });
      tasks.get(operation.tags[0]).push(details);
    }
  }
  main.replaceChildren(...api.tags.flatMap((tag) => {
    const list = tasks.get(tag.name);
    return list.length ? [element("h2", {}, tag.name), element("p", {}, tag.description), ...list] : [];
  }));
  document.getElementById("count").textContent = `${count} operations`;
};

fetch("openapi.json").then((response) => response.json()).then((api) => {
  const find = document.getElementById("find");
  const show = () => render(api, find.value.toLowerCase().split(/\s+/).filter(Boolean));
  find.addEventListener("input", show);
  show();
});
