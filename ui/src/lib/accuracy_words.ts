// What a count by hand says, in words.
export const ACCURACY_WORDS = {
  none: [
    "Nobody has counted here by hand yet: the true numbers may be a twentieth lower or two thirds higher, as believed of any place.",
    "Ovde još niko nije brojao ručno: tačni brojevi mogu biti za dvadeseti deo manji ili za dve trećine veći, kako se pretpostavlja za svako mesto.",
  ],
  waiting: [
    "{n, plural, one {A count by hand waits} other {# counts by hand wait}} for passerby's own minutes.",
    "{n, plural, one {# ručno brojanje čeka} few {# ručna brojanja čekaju} other {# ručnih brojanja čeka}} na minute programa.",
  ],
  validate: ["Count by hand", "Broj ručno"],
  sentence: [
    "Of {truth} that were counted by hand, passerby counted {counted}: {error}, {between}.",
    "Od {truth} izbrojanih ručno, passerby je izbrojao {counted}: {error}, {between}.",
  ],
  few: [
    "Of {truth} that were counted by hand, passerby counted {counted}. Under 20 is not measured.",
    "Od {truth} izbrojanih ručno, passerby je izbrojao {counted}. Ispod 20 nije izmereno.",
  ],
  between: ["between {low} and {high}", "između {low} i {high}"],
  too_few: ["{n} % too few", "{n} % premalo"],
  too_many: ["{n} % too many", "{n} % previše"],
  right: ["none too few or many", "ni premalo ni previše"],
  basis: [
    "{minutes, plural, one {# minute} other {# minutes}} in {stretches, plural, one {# stretch} other {# stretches}}, the last on {when}.",
    "{minutes, plural, one {# minut} few {# minuta} other {# minuta}} u {stretches, plural, one {# brojanju} other {# brojanja}}, poslednje {when}.",
  ],
  pedestrian: ["{n, plural, one {# pedestrian} other {# pedestrians}}", "{n, plural, one {# pešaka} other {# pešaka}}"],
  bicycle: ["{n, plural, one {# bicycle} other {# bicycles}}", "{n, plural, one {# bicikla} other {# bicikala}}"],
  car: ["{n, plural, one {# car} other {# cars}}", "{n, plural, one {# automobila} other {# automobila}}"],
  motorcycle: ["{n, plural, one {# motorcycle} other {# motorcycles}}", "{n, plural, one {# motocikla} other {# motocikala}}"],
  bus: ["{n, plural, one {# bus} other {# buses}}", "{n, plural, one {# autobusa} other {# autobusa}}"],
  truck: ["{n, plural, one {# truck} other {# trucks}}", "{n, plural, one {# kamiona} other {# kamiona}}"],
  heavy_vehicle: ["{n, plural, one {# heavy vehicle} other {# heavy vehicles}}", "{n, plural, one {# teškog vozila} other {# teških vozila}}"],
  unclassified: ["{n} unclassified", "{n, plural, one {# nerazvrstanog} other {# nerazvrstanih}}"],
} as const;
