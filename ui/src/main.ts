// Starts the application in the page.
import { mount } from "svelte";
import App from "./App.svelte";
import "./style.css";

const place = document.getElementById("app");
if (place === null) throw new Error("index.html has no element #app");
mount(App, { target: place });
