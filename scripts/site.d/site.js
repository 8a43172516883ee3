// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Search, filters and the choice of two kernels. Each page is whole without it.
"use strict";

const make = (name, properties, ...children) => {
	const element = Object.assign(document.createElement(name), properties);
	element.append(...children);
	return element;
};

const choice = (text, values) => {
	const select = make("select", {}, ...values.map(([value, shown]) => make("option", {value}, shown)));
	return [select, make("label", {}, text + " ", select)];
};

const field = (text) => {
	const input = make("input", {type: "search", autocomplete: "off", spellcheck: false});
	return [input, make("label", {}, text + " ", input)];
};

const tools = (table, ...parts) => {
	const status = make("output", {});
	const line = make("div", {className: "tools"}, ...parts, status);
	line.setAttribute("role", "group");
	line.setAttribute("aria-label", "Filter: " + table.caption.textContent);
	table.parentElement.before(line);
	return status;
};

// A table with one row a name: rows by their name; columns by their head; rows by the answer in that column.
let tables = 0;
const filterRows = (table) => {
	const rows = [...table.tBodies[0].rows].map((row) => [row, row.cells[0].textContent.toLowerCase()]);
	const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
	const [input, label] = field("Filter by " + table.dataset.rows);
	const parts = [label];
	const [column, columnLabel] = choice("Show " + (table.dataset.columns || "kernel"),
		[["", "all"], ...heads.slice(1).map((head, index) => [String(index + 1), head])]);
	const [verdict, verdictLabel] = choice("Answer", [["", "any"], ["y", "yes"], ["n", "no"], ["u", "?"], ["a", "–"]]);
	const verdicts = table.querySelector("td.y, td.n") !== null;
	const style = make("style", {});
	table.id = table.id || "table-" + ++tables;
	document.head.append(style);
	if (verdicts)
		parts.push(columnLabel, verdictLabel);
	const status = tools(table, ...parts);
	const update = () => {
		const words = input.value.trim().toLowerCase();
		const only = Number(column.value);
		let shown = 0;
		for (const [row, name] of rows) {
			const cells = only ? [row.cells[only]] : [...row.cells];
			row.hidden = !name.includes(words) ||
				(verdict.value !== "" && !cells.some((cell) => cell.className === verdict.value));
			shown += !row.hidden;
		}
		style.textContent = only
			? `#${table.id} tr > :not(:first-child):not(:nth-child(${only + 1})) { display: none; }` : "";
		status.textContent = shown + " of " + rows.length;
	};
	if (table.dataset.query)
		input.value = new URLSearchParams(location.search).get(table.dataset.query) || "";
	for (const control of [input, column, verdict])
		control.addEventListener("input", update);
	update();
};

// A table with one body a group, and one row a kernel.
const filterGroups = (table) => {
	const bodies = [...table.tBodies];
	const kernels = [...new Set([...table.querySelectorAll("[data-kernel]")].map((row) => row.dataset.kernel))];
	const [input, label] = field("Filter by " + table.dataset.groups);
	const [kernel, kernelLabel] = choice("Show kernel", [["", "all"], ...kernels.map((name) => [name, name])]);
	const status = tools(table, label, kernelLabel);
	const update = () => {
		const words = input.value.trim().toLowerCase();
		let shown = 0;
		for (const body of bodies) {
			body.hidden = !body.dataset.group.toLowerCase().includes(words);
			shown += !body.hidden;
			for (const row of body.rows)
				row.hidden = row.dataset.kernel !== undefined && kernel.value !== "" && row.dataset.kernel !== kernel.value;
		}
		status.textContent = shown + " of " + bodies.length;
	};
	// A link to an answer leads to it, whatever is filtered.
	addEventListener("hashchange", () => {
		const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
		if (row && table.contains(row) && (row.hidden || row.parentElement.hidden)) {
			input.value = kernel.value = "";
			update();
			row.scrollIntoView();
		}
	});
	for (const control of [input, kernel])
		control.addEventListener("input", update);
	update();
};

// From one kernel to another: the page of the pair.
const chooseTwo = (table) => {
	const kernels = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent.replace(/^to /, ""));
	const options = kernels.map((name) => [name, name]);
	const [source, sourceLabel] = choice("From", options);
	const [target, targetLabel] = choice("to", options);
	const button = make("button", {type: "submit"}, "Compare");
	const form = make("form", {className: "tools"}, sourceLabel, targetLabel, button);
	source.value = kernels[kernels.length - 1];
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		if (source.value !== target.value)
			location.href = `${table.dataset.pairs}/${source.value}-to-${target.value}.html`;
	});
	const update = () => { button.disabled = source.value === target.value; };
	for (const control of [source, target])
		control.addEventListener("input", update);
	update();
	table.parentElement.before(form);
};

document.querySelectorAll("table[data-rows]").forEach(filterRows);
document.querySelectorAll("table[data-groups]").forEach(filterGroups);
document.querySelectorAll("table[data-pairs]").forEach(chooseTwo);
const query = document.getElementById("q");
query.value = new URLSearchParams(location.search).get("q") || "";
