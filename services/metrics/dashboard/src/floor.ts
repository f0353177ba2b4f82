/** What our libraries take for granted and the oldest browsers that we support do not have. */

// Pinia and vue-echarts call it; it came with Chrome 93 and Safari 15.4.
Object.hasOwn ??= (target: object, key: PropertyKey): boolean => Object.prototype.hasOwnProperty.call(target, key)

export {}
