"""The promise on which a case may rest (容缺办理, 告知承诺); it lives inside its case."""
