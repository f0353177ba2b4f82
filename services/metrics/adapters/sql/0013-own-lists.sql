-- An organisation's own dossiers are found by its code, however few they are among all. It changes rarely, so nearly every
-- update of a dossier still stays in its page.
CREATE INDEX dossiers_by_organisation ON dossiers (organisation, dossier);
