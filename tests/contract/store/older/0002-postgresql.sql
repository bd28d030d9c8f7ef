SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.alerts (
    alert_id integer NOT NULL,
    time_ns bigint NOT NULL,
    camera text NOT NULL,
    rule text NOT NULL,
    place text NOT NULL,
    value double precision NOT NULL,
    threshold double precision NOT NULL,
    unit text NOT NULL,
    why text NOT NULL
);
CREATE SEQUENCE public.alerts_alert_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.alerts_alert_id_seq OWNED BY public.alerts.alert_id;
CREATE TABLE public.audit_entries (
    entry_id integer NOT NULL,
    time_ns bigint NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    detail text NOT NULL
);
CREATE SEQUENCE public.audit_entries_entry_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.audit_entries_entry_id_seq OWNED BY public.audit_entries.entry_id;
CREATE TABLE public.camera_health (
    time_ns bigint NOT NULL,
    camera text NOT NULL,
    state text NOT NULL,
    since_ns bigint NOT NULL,
    why text NOT NULL,
    measured double precision,
    threshold double precision,
    frames_in bigint NOT NULL,
    frames_dropped bigint NOT NULL,
    frames_undecodable bigint NOT NULL,
    detect_p50_ms double precision,
    detect_p95_ms double precision
)
PARTITION BY RANGE (time_ns);
CREATE TABLE public.camera_health_p2960 (
    time_ns bigint NOT NULL,
    camera text NOT NULL,
    state text NOT NULL,
    since_ns bigint NOT NULL,
    why text NOT NULL,
    measured double precision,
    threshold double precision,
    frames_in bigint NOT NULL,
    frames_dropped bigint NOT NULL,
    frames_undecodable bigint NOT NULL,
    detect_p50_ms double precision,
    detect_p95_ms double precision
);
CREATE TABLE public.configuration_versions (
    number integer NOT NULL,
    time_ns bigint NOT NULL,
    author text NOT NULL,
    text text NOT NULL
);
CREATE TABLE public.deletion_runs (
    run_id integer NOT NULL,
    kind text NOT NULL,
    time_ns bigint NOT NULL,
    cutoff_ns bigint NOT NULL,
    deleted bigint NOT NULL
);
CREATE SEQUENCE public.deletion_runs_run_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.deletion_runs_run_id_seq OWNED BY public.deletion_runs.run_id;
CREATE TABLE public.newest_health (
    camera text NOT NULL,
    time_ns bigint NOT NULL,
    state text NOT NULL,
    since_ns bigint NOT NULL,
    why text NOT NULL,
    measured double precision,
    threshold double precision,
    frames_in bigint NOT NULL,
    frames_dropped bigint NOT NULL,
    frames_undecodable bigint NOT NULL,
    detect_p50_ms double precision,
    detect_p95_ms double precision
);
CREATE TABLE public.observations_3600 (
    key_id integer NOT NULL,
    start_s bigint NOT NULL,
    value double precision,
    weight double precision NOT NULL,
    error double precision,
    error_weight double precision NOT NULL,
    count bigint NOT NULL,
    watched_s double precision NOT NULL
)
PARTITION BY RANGE (start_s);
CREATE TABLE public.observations_60 (
    start_s bigint NOT NULL,
    key_id integer NOT NULL,
    value double precision,
    error double precision,
    count bigint NOT NULL,
    coverage double precision NOT NULL
)
PARTITION BY RANGE (start_s);
CREATE TABLE public.observations_60_p20724 (
    start_s bigint NOT NULL,
    key_id integer NOT NULL,
    value double precision,
    error double precision,
    count bigint NOT NULL,
    coverage double precision NOT NULL
);
CREATE TABLE public.observations_86400 (
    key_id integer NOT NULL,
    start_s bigint NOT NULL,
    value double precision,
    weight double precision NOT NULL,
    error double precision,
    error_weight double precision NOT NULL,
    count bigint NOT NULL,
    watched_s double precision NOT NULL
)
PARTITION BY RANGE (start_s);
CREATE TABLE public.observations_900 (
    key_id integer NOT NULL,
    start_s bigint NOT NULL,
    value double precision,
    weight double precision NOT NULL,
    error double precision,
    error_weight double precision NOT NULL,
    count bigint NOT NULL,
    watched_s double precision NOT NULL
)
PARTITION BY RANGE (start_s);
CREATE TABLE public.observations_900_p690 (
    key_id integer NOT NULL,
    start_s bigint NOT NULL,
    value double precision,
    weight double precision NOT NULL,
    error double precision,
    error_weight double precision NOT NULL,
    count bigint NOT NULL,
    watched_s double precision NOT NULL
);
CREATE TABLE public.passerby_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.roll_up_due (
    length_s integer NOT NULL,
    start_s bigint NOT NULL,
    camera text NOT NULL
);
CREATE TABLE public.series_keys (
    key_id integer NOT NULL,
    camera text NOT NULL,
    series text NOT NULL,
    quantity text NOT NULL,
    road_user smallint NOT NULL,
    direction text NOT NULL,
    fold smallint NOT NULL
);
CREATE SEQUENCE public.series_keys_key_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.series_keys_key_id_seq OWNED BY public.series_keys.key_id;
CREATE TABLE public.store_settings (
    name text NOT NULL,
    value text NOT NULL
);
ALTER TABLE ONLY public.camera_health ATTACH PARTITION public.camera_health_p2960 FOR VALUES FROM ('1790208000000000000') TO ('1790812800000000000');
ALTER TABLE ONLY public.observations_60 ATTACH PARTITION public.observations_60_p20724 FOR VALUES FROM ('1790553600') TO ('1790640000');
ALTER TABLE ONLY public.observations_900 ATTACH PARTITION public.observations_900_p690 FOR VALUES FROM ('1788480000') TO ('1791072000');
ALTER TABLE ONLY public.alerts ALTER COLUMN alert_id SET DEFAULT nextval('public.alerts_alert_id_seq'::regclass);
ALTER TABLE ONLY public.audit_entries ALTER COLUMN entry_id SET DEFAULT nextval('public.audit_entries_entry_id_seq'::regclass);
ALTER TABLE ONLY public.deletion_runs ALTER COLUMN run_id SET DEFAULT nextval('public.deletion_runs_run_id_seq'::regclass);
ALTER TABLE ONLY public.series_keys ALTER COLUMN key_id SET DEFAULT nextval('public.series_keys_key_id_seq'::regclass);
INSERT INTO public.alerts VALUES (1, 1790553600000000000, 'north', 'crowd', 'square', 5, 4, 'm-2', 'Too dense.');
INSERT INTO public.audit_entries VALUES (1, 1790553600000000000, 'ada', 'camera.added', 'north', '');
INSERT INTO public.camera_health_p2960 VALUES (1790553601000000000, 'north', 'connecting', 1790553600000000000, 'Why 1.', NULL, NULL, 1, 0, 0, NULL, NULL);
INSERT INTO public.camera_health_p2960 VALUES (1790553602000000000, 'north', 'online', 1790553600000000000, 'Why 2.', NULL, NULL, 2, 0, 0, NULL, NULL);
INSERT INTO public.camera_health_p2960 VALUES (1790553601000000000, 'south', 'offline', 1790553600000000000, 'Why 1.', NULL, NULL, 1, 0, 0, NULL, NULL);
INSERT INTO public.configuration_versions VALUES (1, 1790553600000000000, 'ada', 'cameras: []');
INSERT INTO public.newest_health VALUES ('north', 1790553602000000000, 'online', 1790553600000000000, 'Why 2.', NULL, NULL, 2, 0, 0, NULL, NULL);
INSERT INTO public.newest_health VALUES ('south', 1790553601000000000, 'offline', 1790553600000000000, 'Why 1.', NULL, NULL, 1, 0, 0, NULL, NULL);
INSERT INTO public.observations_60_p20724 VALUES (1790553600, 1, 0, NULL, 0, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790553600, 2, 0, NULL, 150, 0.5);
INSERT INTO public.observations_60_p20724 VALUES (1790553660, 1, 1, NULL, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790553660, 2, 0.5, NULL, 150, 0.5);
INSERT INTO public.observations_60_p20724 VALUES (1790553720, 1, 2, NULL, 2, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790553720, 2, 1, NULL, 150, 0.5);
INSERT INTO public.observations_900_p690 VALUES (1, 1790553600, 3, 4, NULL, 0, 3, 180);
INSERT INTO public.observations_900_p690 VALUES (2, 1790553600, 0.5, 90, NULL, 0, 450, 90);
INSERT INTO public.passerby_version VALUES ('0002');
INSERT INTO public.roll_up_due VALUES (3600, 1790553600, 'north');
INSERT INTO public.roll_up_due VALUES (86400, 1790553600, 'north');
INSERT INTO public.series_keys VALUES (1, 'north', 'gate', 'flow', 0, 'forward', 0);
INSERT INTO public.series_keys VALUES (2, 'north', 'square', 'occupancy_mean', -1, '', 2);
INSERT INTO public.store_settings VALUES ('zone', 'UTC');
SELECT pg_catalog.setval('public.alerts_alert_id_seq', 1, true);
SELECT pg_catalog.setval('public.audit_entries_entry_id_seq', 1, true);
SELECT pg_catalog.setval('public.deletion_runs_run_id_seq', 1, false);
SELECT pg_catalog.setval('public.series_keys_key_id_seq', 1, false);
ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_natural UNIQUE (time_ns, camera, rule, place);
ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_pkey PRIMARY KEY (alert_id);
ALTER TABLE ONLY public.audit_entries
    ADD CONSTRAINT audit_entries_pkey PRIMARY KEY (entry_id);
ALTER TABLE ONLY public.camera_health
    ADD CONSTRAINT camera_health_pkey PRIMARY KEY (time_ns, camera);
ALTER TABLE ONLY public.camera_health_p2960
    ADD CONSTRAINT camera_health_p2960_pkey PRIMARY KEY (time_ns, camera);
ALTER TABLE ONLY public.configuration_versions
    ADD CONSTRAINT configuration_versions_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.deletion_runs
    ADD CONSTRAINT deletion_runs_pkey PRIMARY KEY (run_id);
ALTER TABLE ONLY public.newest_health
    ADD CONSTRAINT newest_health_pkey PRIMARY KEY (camera);
ALTER TABLE ONLY public.observations_3600
    ADD CONSTRAINT observations_3600_pkey PRIMARY KEY (key_id, start_s);
ALTER TABLE ONLY public.observations_60
    ADD CONSTRAINT observations_60_pkey PRIMARY KEY (start_s, key_id);
ALTER TABLE ONLY public.observations_60_p20724
    ADD CONSTRAINT observations_60_p20724_pkey PRIMARY KEY (start_s, key_id);
ALTER TABLE ONLY public.observations_86400
    ADD CONSTRAINT observations_86400_pkey PRIMARY KEY (key_id, start_s);
ALTER TABLE ONLY public.observations_900
    ADD CONSTRAINT observations_900_pkey PRIMARY KEY (key_id, start_s);
ALTER TABLE ONLY public.observations_900_p690
    ADD CONSTRAINT observations_900_p690_pkey PRIMARY KEY (key_id, start_s);
ALTER TABLE ONLY public.passerby_version
    ADD CONSTRAINT passerby_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.roll_up_due
    ADD CONSTRAINT roll_up_due_pkey PRIMARY KEY (length_s, start_s, camera);
ALTER TABLE ONLY public.series_keys
    ADD CONSTRAINT series_keys_natural UNIQUE (camera, series, quantity, road_user, direction);
ALTER TABLE ONLY public.series_keys
    ADD CONSTRAINT series_keys_pkey PRIMARY KEY (key_id);
ALTER TABLE ONLY public.store_settings
    ADD CONSTRAINT store_settings_pkey PRIMARY KEY (name);
CREATE INDEX ix_audit_entries_time_ns ON public.audit_entries USING btree (time_ns);
ALTER INDEX public.camera_health_pkey ATTACH PARTITION public.camera_health_p2960_pkey;
ALTER INDEX public.observations_60_pkey ATTACH PARTITION public.observations_60_p20724_pkey;
ALTER INDEX public.observations_900_pkey ATTACH PARTITION public.observations_900_p690_pkey;
