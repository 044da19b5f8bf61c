// Lints the page's modules. Layout is prettier's, undefined names are the type checker's.
import js from "@eslint/js";

export default [
  {
    files: ["kiosk_ui/static/*.js", "eslint.config.js"],
    ...js.configs.recommended,
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      ...js.configs.recommended.rules,
      "no-undef": "off", // tsc knows the browser's names, and in which of them a module may rely
      eqeqeq: "error",
      "no-eval": "error", // the page's Content-Security-Policy refuses both
      "no-implied-eval": "error",
      "no-shadow": "error",
      "no-var": "error",
      "prefer-const": "error",
      // The limits of the Python modules (tests/architecture/test_shape.py).
      "max-lines": ["error", 400],
      "max-lines-per-function": ["error", 50],
    },
  },
];
