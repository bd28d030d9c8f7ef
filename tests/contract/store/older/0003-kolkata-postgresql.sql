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
CREATE TABLE public.camera_health_p2961 (
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
CREATE TABLE public.camera_health_p2962 (
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
CREATE TABLE public.camera_health_p2963 (
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
    watched_s double precision NOT NULL,
    reliable smallint DEFAULT 1 NOT NULL
)
PARTITION BY RANGE (start_s);
CREATE TABLE public.observations_3600_p57 (
    key_id integer NOT NULL,
    start_s bigint NOT NULL,
    value double precision,
    weight double precision NOT NULL,
    error double precision,
    error_weight double precision NOT NULL,
    count bigint NOT NULL,
    watched_s double precision NOT NULL,
    reliable smallint DEFAULT 1 NOT NULL
);
CREATE TABLE public.observations_3600_p58 (
    key_id integer NOT NULL,
    start_s bigint NOT NULL,
    value double precision,
    weight double precision NOT NULL,
    error double precision,
    error_weight double precision NOT NULL,
    count bigint NOT NULL,
    watched_s double precision NOT NULL,
    reliable smallint DEFAULT 1 NOT NULL
);
CREATE TABLE public.observations_3600_p59 (
    key_id integer NOT NULL,
    start_s bigint NOT NULL,
    value double precision,
    weight double precision NOT NULL,
    error double precision,
    error_weight double precision NOT NULL,
    count bigint NOT NULL,
    watched_s double precision NOT NULL,
    reliable smallint DEFAULT 1 NOT NULL
);
CREATE TABLE public.observations_3600_p60 (
    key_id integer NOT NULL,
    start_s bigint NOT NULL,
    value double precision,
    weight double precision NOT NULL,
    error double precision,
    error_weight double precision NOT NULL,
    count bigint NOT NULL,
    watched_s double precision NOT NULL,
    reliable smallint DEFAULT 1 NOT NULL
);
CREATE TABLE public.observations_60 (
    start_s bigint NOT NULL,
    key_id integer NOT NULL,
    value double precision,
    error double precision,
    count bigint NOT NULL,
    coverage double precision NOT NULL,
    reliable smallint DEFAULT 1 NOT NULL
)
PARTITION BY RANGE (start_s);
CREATE TABLE public.observations_60_p20724 (
    start_s bigint NOT NULL,
    key_id integer NOT NULL,
    value double precision,
    error double precision,
    count bigint NOT NULL,
    coverage double precision NOT NULL,
    reliable smallint DEFAULT 1 NOT NULL
);
CREATE TABLE public.observations_60_p20725 (
    start_s bigint NOT NULL,
    key_id integer NOT NULL,
    value double precision,
    error double precision,
    count bigint NOT NULL,
    coverage double precision NOT NULL,
    reliable smallint DEFAULT 1 NOT NULL
);
CREATE TABLE public.observations_60_p20726 (
    start_s bigint NOT NULL,
    key_id integer NOT NULL,
    value double precision,
    error double precision,
    count bigint NOT NULL,
    coverage double precision NOT NULL,
    reliable smallint DEFAULT 1 NOT NULL
);
CREATE TABLE public.observations_60_p20727 (
    start_s bigint NOT NULL,
    key_id integer NOT NULL,
    value double precision,
    error double precision,
    count bigint NOT NULL,
    coverage double precision NOT NULL,
    reliable smallint DEFAULT 1 NOT NULL
);
CREATE TABLE public.observations_60_p20728 (
    start_s bigint NOT NULL,
    key_id integer NOT NULL,
    value double precision,
    error double precision,
    count bigint NOT NULL,
    coverage double precision NOT NULL,
    reliable smallint DEFAULT 1 NOT NULL
);
CREATE TABLE public.observations_86400 (
    key_id integer NOT NULL,
    start_s bigint NOT NULL,
    value double precision,
    weight double precision NOT NULL,
    error double precision,
    error_weight double precision NOT NULL,
    count bigint NOT NULL,
    watched_s double precision NOT NULL,
    reliable smallint DEFAULT 1 NOT NULL
)
PARTITION BY RANGE (start_s);
CREATE TABLE public.observations_86400_p5 (
    key_id integer NOT NULL,
    start_s bigint NOT NULL,
    value double precision,
    weight double precision NOT NULL,
    error double precision,
    error_weight double precision NOT NULL,
    count bigint NOT NULL,
    watched_s double precision NOT NULL,
    reliable smallint DEFAULT 1 NOT NULL
);
CREATE TABLE public.observations_86400_p6 (
    key_id integer NOT NULL,
    start_s bigint NOT NULL,
    value double precision,
    weight double precision NOT NULL,
    error double precision,
    error_weight double precision NOT NULL,
    count bigint NOT NULL,
    watched_s double precision NOT NULL,
    reliable smallint DEFAULT 1 NOT NULL
);
CREATE TABLE public.observations_86400_p7 (
    key_id integer NOT NULL,
    start_s bigint NOT NULL,
    value double precision,
    weight double precision NOT NULL,
    error double precision,
    error_weight double precision NOT NULL,
    count bigint NOT NULL,
    watched_s double precision NOT NULL,
    reliable smallint DEFAULT 1 NOT NULL
);
CREATE TABLE public.observations_86400_p8 (
    key_id integer NOT NULL,
    start_s bigint NOT NULL,
    value double precision,
    weight double precision NOT NULL,
    error double precision,
    error_weight double precision NOT NULL,
    count bigint NOT NULL,
    watched_s double precision NOT NULL,
    reliable smallint DEFAULT 1 NOT NULL
);
CREATE TABLE public.observations_900 (
    key_id integer NOT NULL,
    start_s bigint NOT NULL,
    value double precision,
    weight double precision NOT NULL,
    error double precision,
    error_weight double precision NOT NULL,
    count bigint NOT NULL,
    watched_s double precision NOT NULL,
    reliable smallint DEFAULT 1 NOT NULL
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
    watched_s double precision NOT NULL,
    reliable smallint DEFAULT 1 NOT NULL
);
CREATE TABLE public.observations_900_p691 (
    key_id integer NOT NULL,
    start_s bigint NOT NULL,
    value double precision,
    weight double precision NOT NULL,
    error double precision,
    error_weight double precision NOT NULL,
    count bigint NOT NULL,
    watched_s double precision NOT NULL,
    reliable smallint DEFAULT 1 NOT NULL
);
CREATE TABLE public.observations_900_p692 (
    key_id integer NOT NULL,
    start_s bigint NOT NULL,
    value double precision,
    weight double precision NOT NULL,
    error double precision,
    error_weight double precision NOT NULL,
    count bigint NOT NULL,
    watched_s double precision NOT NULL,
    reliable smallint DEFAULT 1 NOT NULL
);
CREATE TABLE public.observations_900_p693 (
    key_id integer NOT NULL,
    start_s bigint NOT NULL,
    value double precision,
    weight double precision NOT NULL,
    error double precision,
    error_weight double precision NOT NULL,
    count bigint NOT NULL,
    watched_s double precision NOT NULL,
    reliable smallint DEFAULT 1 NOT NULL
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
ALTER TABLE ONLY public.camera_health ATTACH PARTITION public.camera_health_p2961 FOR VALUES FROM ('1790812800000000000') TO ('1791417600000000000');
ALTER TABLE ONLY public.camera_health ATTACH PARTITION public.camera_health_p2962 FOR VALUES FROM ('1791417600000000000') TO ('1792022400000000000');
ALTER TABLE ONLY public.camera_health ATTACH PARTITION public.camera_health_p2963 FOR VALUES FROM ('1792022400000000000') TO ('1792627200000000000');
ALTER TABLE ONLY public.observations_3600 ATTACH PARTITION public.observations_3600_p57 FOR VALUES FROM ('1772928000') TO ('1804032000');
ALTER TABLE ONLY public.observations_3600 ATTACH PARTITION public.observations_3600_p58 FOR VALUES FROM ('1804032000') TO ('1835136000');
ALTER TABLE ONLY public.observations_3600 ATTACH PARTITION public.observations_3600_p59 FOR VALUES FROM ('1835136000') TO ('1866240000');
ALTER TABLE ONLY public.observations_3600 ATTACH PARTITION public.observations_3600_p60 FOR VALUES FROM ('1866240000') TO ('1897344000');
ALTER TABLE ONLY public.observations_60 ATTACH PARTITION public.observations_60_p20724 FOR VALUES FROM ('1790553600') TO ('1790640000');
ALTER TABLE ONLY public.observations_60 ATTACH PARTITION public.observations_60_p20725 FOR VALUES FROM ('1790640000') TO ('1790726400');
ALTER TABLE ONLY public.observations_60 ATTACH PARTITION public.observations_60_p20726 FOR VALUES FROM ('1790726400') TO ('1790812800');
ALTER TABLE ONLY public.observations_60 ATTACH PARTITION public.observations_60_p20727 FOR VALUES FROM ('1790812800') TO ('1790899200');
ALTER TABLE ONLY public.observations_60 ATTACH PARTITION public.observations_60_p20728 FOR VALUES FROM ('1790899200') TO ('1790985600');
ALTER TABLE ONLY public.observations_86400 ATTACH PARTITION public.observations_86400_p5 FOR VALUES FROM ('1555200000') TO ('1866240000');
ALTER TABLE ONLY public.observations_86400 ATTACH PARTITION public.observations_86400_p6 FOR VALUES FROM ('1866240000') TO ('2177280000');
ALTER TABLE ONLY public.observations_86400 ATTACH PARTITION public.observations_86400_p7 FOR VALUES FROM ('2177280000') TO ('2488320000');
ALTER TABLE ONLY public.observations_86400 ATTACH PARTITION public.observations_86400_p8 FOR VALUES FROM ('2488320000') TO ('2799360000');
ALTER TABLE ONLY public.observations_900 ATTACH PARTITION public.observations_900_p690 FOR VALUES FROM ('1788480000') TO ('1791072000');
ALTER TABLE ONLY public.observations_900 ATTACH PARTITION public.observations_900_p691 FOR VALUES FROM ('1791072000') TO ('1793664000');
ALTER TABLE ONLY public.observations_900 ATTACH PARTITION public.observations_900_p692 FOR VALUES FROM ('1793664000') TO ('1796256000');
ALTER TABLE ONLY public.observations_900 ATTACH PARTITION public.observations_900_p693 FOR VALUES FROM ('1796256000') TO ('1798848000');
ALTER TABLE ONLY public.alerts ALTER COLUMN alert_id SET DEFAULT nextval('public.alerts_alert_id_seq'::regclass);
ALTER TABLE ONLY public.audit_entries ALTER COLUMN entry_id SET DEFAULT nextval('public.audit_entries_entry_id_seq'::regclass);
ALTER TABLE ONLY public.deletion_runs ALTER COLUMN run_id SET DEFAULT nextval('public.deletion_runs_run_id_seq'::regclass);
ALTER TABLE ONLY public.series_keys ALTER COLUMN key_id SET DEFAULT nextval('public.series_keys_key_id_seq'::regclass);
INSERT INTO public.observations_3600_p57 VALUES (1, 1790553600, 7, 9, NULL, 0, 7, 360, 1);
INSERT INTO public.observations_3600_p57 VALUES (1, 1790557200, 11, 12, NULL, 0, 11, 360, 1);
INSERT INTO public.observations_3600_p57 VALUES (1, 1790560800, 7, 9, NULL, 0, 7, 360, 1);
INSERT INTO public.observations_3600_p57 VALUES (1, 1790564400, 11, 12, NULL, 0, 11, 360, 1);
INSERT INTO public.observations_3600_p57 VALUES (1, 1790568000, 7, 9, NULL, 0, 7, 360, 1);
INSERT INTO public.observations_3600_p57 VALUES (1, 1790571600, 11, 12, NULL, 0, 11, 360, 1);
INSERT INTO public.observations_3600_p57 VALUES (1, 1790575200, 7, 9, NULL, 0, 7, 360, 1);
INSERT INTO public.observations_3600_p57 VALUES (1, 1790578800, 11, 12, NULL, 0, 11, 360, 1);
INSERT INTO public.observations_3600_p57 VALUES (1, 1790582400, 7, 9, NULL, 0, 7, 360, 1);
INSERT INTO public.observations_3600_p57 VALUES (1, 1790586000, 11, 12, NULL, 0, 11, 360, 1);
INSERT INTO public.observations_3600_p57 VALUES (1, 1790589600, 7, 9, NULL, 0, 7, 360, 1);
INSERT INTO public.observations_3600_p57 VALUES (1, 1790593200, 11, 12, NULL, 0, 11, 360, 1);
INSERT INTO public.observations_3600_p57 VALUES (1, 1790596800, 7, 9, NULL, 0, 7, 360, 1);
INSERT INTO public.observations_3600_p57 VALUES (1, 1790600400, 11, 12, NULL, 0, 11, 360, 1);
INSERT INTO public.observations_3600_p57 VALUES (1, 1790604000, 7, 9, NULL, 0, 7, 360, 1);
INSERT INTO public.observations_3600_p57 VALUES (1, 1790607600, 11, 12, NULL, 0, 11, 360, 1);
INSERT INTO public.observations_3600_p57 VALUES (1, 1790611200, 7, 9, NULL, 0, 7, 360, 1);
INSERT INTO public.observations_3600_p57 VALUES (1, 1790614800, 11, 12, NULL, 0, 11, 360, 1);
INSERT INTO public.observations_3600_p57 VALUES (1, 1790618400, 7, 9, NULL, 0, 7, 360, 1);
INSERT INTO public.observations_3600_p57 VALUES (1, 1790622000, 11, 12, NULL, 0, 11, 360, 1);
INSERT INTO public.observations_3600_p57 VALUES (1, 1790625600, 7, 9, NULL, 0, 7, 360, 1);
INSERT INTO public.observations_3600_p57 VALUES (1, 1790629200, 11, 12, NULL, 0, 11, 360, 1);
INSERT INTO public.observations_3600_p57 VALUES (1, 1790632800, 7, 9, NULL, 0, 7, 360, 1);
INSERT INTO public.observations_3600_p57 VALUES (1, 1790636400, 11, 12, NULL, 0, 11, 360, 1);
INSERT INTO public.observations_3600_p57 VALUES (1, 1790640000, 7, 9, NULL, 0, 7, 360, 1);
INSERT INTO public.observations_3600_p57 VALUES (1, 1790643600, 11, 12, NULL, 0, 11, 360, 1);
INSERT INTO public.observations_3600_p57 VALUES (1, 1790647200, 7, 9, NULL, 0, 7, 360, 1);
INSERT INTO public.observations_3600_p57 VALUES (1, 1790650800, 11, 12, NULL, 0, 11, 360, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790553600, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790554200, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790554800, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790555400, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790556000, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790556600, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790557200, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790557800, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790558400, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790559000, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790559600, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790560200, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790560800, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790561400, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790562000, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790562600, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790563200, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790563800, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790564400, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790565000, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790565600, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790566200, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790566800, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790567400, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790568000, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790568600, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790569200, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790569800, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790570400, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790571000, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790571600, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790572200, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790572800, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790573400, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790574000, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790574600, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790575200, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790575800, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790576400, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790577000, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790577600, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790578200, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790578800, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790579400, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790580000, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790580600, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790581200, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790581800, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790582400, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790583000, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790583600, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790584200, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790584800, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790585400, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790586000, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790586600, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790587200, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790587800, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790588400, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790589000, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790589600, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790590200, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790590800, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790591400, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790592000, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790592600, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790593200, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790593800, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790594400, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790595000, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790595600, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790596200, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790596800, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790597400, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790598000, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790598600, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790599200, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790599800, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790600400, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790601000, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790601600, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790602200, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790602800, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790603400, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790604000, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790604600, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790605200, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790605800, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790606400, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790607000, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790607600, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790608200, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790608800, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790609400, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790610000, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790610600, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790611200, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790611800, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790612400, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790613000, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790613600, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790614200, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790614800, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790615400, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790616000, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790616600, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790617200, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790617800, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790618400, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790619000, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790619600, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790620200, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790620800, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790621400, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790622000, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790622600, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790623200, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790623800, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790624400, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790625000, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790625600, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790626200, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790626800, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790627400, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790628000, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790628600, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790629200, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790629800, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790630400, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790631000, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790631600, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790632200, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790632800, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790633400, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790634000, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790634600, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790635200, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790635800, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790636400, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790637000, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790637600, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790638200, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790638800, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790639400, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20724 VALUES (1790589900, 1, 7, NULL, 7, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790640000, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790640600, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790641200, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790641800, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790642400, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790643000, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790643600, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790644200, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790644800, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790645400, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790646000, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790646600, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790647200, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790647800, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790648400, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790649000, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790649600, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790650200, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790650800, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790651400, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790652000, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790652600, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790653200, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790653800, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790654400, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790655000, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790655600, 1, 2, NULL, 2, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790656200, 1, 3, NULL, 3, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790656800, 1, 0, NULL, 0, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790657400, 1, 1, NULL, 1, 1, 1);
INSERT INTO public.observations_60_p20725 VALUES (1790657940, 1, 9, NULL, 9, 1, 1);
INSERT INTO public.observations_86400_p5 VALUES (1, 1790533800, 165, 193, NULL, 0, 165, 6660, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790553600, 1, 2, NULL, 0, 1, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790554500, 2, 2, NULL, 0, 2, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790555400, 3, 4, NULL, 0, 3, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790556300, 1, 1, NULL, 0, 1, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790557200, 5, 5, NULL, 0, 5, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790558100, 0, 1, NULL, 0, 0, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790559000, 3, 3, NULL, 0, 3, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790559900, 3, 3, NULL, 0, 3, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790560800, 1, 2, NULL, 0, 1, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790561700, 2, 2, NULL, 0, 2, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790562600, 3, 4, NULL, 0, 3, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790563500, 1, 1, NULL, 0, 1, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790564400, 5, 5, NULL, 0, 5, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790565300, 0, 1, NULL, 0, 0, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790566200, 3, 3, NULL, 0, 3, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790567100, 3, 3, NULL, 0, 3, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790568000, 1, 2, NULL, 0, 1, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790568900, 2, 2, NULL, 0, 2, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790569800, 3, 4, NULL, 0, 3, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790570700, 1, 1, NULL, 0, 1, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790571600, 5, 5, NULL, 0, 5, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790572500, 0, 1, NULL, 0, 0, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790573400, 3, 3, NULL, 0, 3, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790574300, 3, 3, NULL, 0, 3, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790575200, 1, 2, NULL, 0, 1, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790576100, 2, 2, NULL, 0, 2, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790577000, 3, 4, NULL, 0, 3, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790577900, 1, 1, NULL, 0, 1, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790578800, 5, 5, NULL, 0, 5, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790579700, 0, 1, NULL, 0, 0, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790580600, 3, 3, NULL, 0, 3, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790581500, 3, 3, NULL, 0, 3, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790582400, 1, 2, NULL, 0, 1, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790583300, 2, 2, NULL, 0, 2, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790584200, 3, 4, NULL, 0, 3, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790585100, 1, 1, NULL, 0, 1, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790586000, 5, 5, NULL, 0, 5, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790586900, 0, 1, NULL, 0, 0, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790587800, 3, 3, NULL, 0, 3, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790588700, 3, 3, NULL, 0, 3, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790589600, 1, 2, NULL, 0, 1, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790590500, 2, 2, NULL, 0, 2, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790591400, 3, 4, NULL, 0, 3, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790592300, 1, 1, NULL, 0, 1, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790593200, 5, 5, NULL, 0, 5, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790594100, 0, 1, NULL, 0, 0, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790595000, 3, 3, NULL, 0, 3, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790595900, 3, 3, NULL, 0, 3, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790596800, 1, 2, NULL, 0, 1, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790597700, 2, 2, NULL, 0, 2, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790598600, 3, 4, NULL, 0, 3, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790599500, 1, 1, NULL, 0, 1, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790600400, 5, 5, NULL, 0, 5, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790601300, 0, 1, NULL, 0, 0, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790602200, 3, 3, NULL, 0, 3, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790603100, 3, 3, NULL, 0, 3, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790604000, 1, 2, NULL, 0, 1, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790604900, 2, 2, NULL, 0, 2, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790605800, 3, 4, NULL, 0, 3, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790606700, 1, 1, NULL, 0, 1, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790607600, 5, 5, NULL, 0, 5, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790608500, 0, 1, NULL, 0, 0, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790609400, 3, 3, NULL, 0, 3, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790610300, 3, 3, NULL, 0, 3, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790611200, 1, 2, NULL, 0, 1, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790612100, 2, 2, NULL, 0, 2, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790613000, 3, 4, NULL, 0, 3, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790613900, 1, 1, NULL, 0, 1, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790614800, 5, 5, NULL, 0, 5, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790615700, 0, 1, NULL, 0, 0, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790616600, 3, 3, NULL, 0, 3, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790617500, 3, 3, NULL, 0, 3, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790618400, 1, 2, NULL, 0, 1, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790619300, 2, 2, NULL, 0, 2, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790620200, 3, 4, NULL, 0, 3, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790621100, 1, 1, NULL, 0, 1, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790622000, 5, 5, NULL, 0, 5, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790622900, 0, 1, NULL, 0, 0, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790623800, 3, 3, NULL, 0, 3, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790624700, 3, 3, NULL, 0, 3, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790625600, 1, 2, NULL, 0, 1, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790626500, 2, 2, NULL, 0, 2, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790627400, 3, 4, NULL, 0, 3, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790628300, 1, 1, NULL, 0, 1, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790629200, 5, 5, NULL, 0, 5, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790630100, 0, 1, NULL, 0, 0, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790631000, 3, 3, NULL, 0, 3, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790631900, 3, 3, NULL, 0, 3, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790632800, 1, 2, NULL, 0, 1, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790633700, 2, 2, NULL, 0, 2, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790634600, 3, 4, NULL, 0, 3, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790635500, 1, 1, NULL, 0, 1, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790636400, 5, 5, NULL, 0, 5, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790637300, 0, 1, NULL, 0, 0, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790638200, 3, 3, NULL, 0, 3, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790639100, 3, 3, NULL, 0, 3, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790640000, 1, 2, NULL, 0, 1, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790640900, 2, 2, NULL, 0, 2, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790641800, 3, 4, NULL, 0, 3, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790642700, 1, 1, NULL, 0, 1, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790643600, 5, 5, NULL, 0, 5, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790644500, 0, 1, NULL, 0, 0, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790645400, 3, 3, NULL, 0, 3, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790646300, 3, 3, NULL, 0, 3, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790647200, 1, 2, NULL, 0, 1, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790648100, 2, 2, NULL, 0, 2, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790649000, 3, 4, NULL, 0, 3, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790649900, 1, 1, NULL, 0, 1, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790650800, 5, 5, NULL, 0, 5, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790651700, 0, 1, NULL, 0, 0, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790652600, 3, 3, NULL, 0, 3, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790653500, 3, 3, NULL, 0, 3, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790654400, 1, 2, NULL, 0, 1, 120, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790655300, 2, 2, NULL, 0, 2, 60, 1);
INSERT INTO public.observations_900_p690 VALUES (1, 1790656200, 3, 4, NULL, 0, 3, 120, 1);
INSERT INTO public.passerby_version VALUES ('0003');
INSERT INTO public.roll_up_due VALUES (900, 1790657100, 'north');
INSERT INTO public.roll_up_due VALUES (86400, 1790620200, 'north');
INSERT INTO public.roll_up_due VALUES (3600, 1790654400, 'north');
INSERT INTO public.roll_up_due VALUES (900, 1790589600, 'north');
INSERT INTO public.series_keys VALUES (1, 'north', 'gate', 'flow', 0, 'forward', 0);
INSERT INTO public.store_settings VALUES ('zone', 'Asia/Kolkata');
SELECT pg_catalog.setval('public.alerts_alert_id_seq', 1, false);
SELECT pg_catalog.setval('public.audit_entries_entry_id_seq', 1, false);
SELECT pg_catalog.setval('public.deletion_runs_run_id_seq', 1, false);
SELECT pg_catalog.setval('public.series_keys_key_id_seq', 1, true);
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
ALTER TABLE ONLY public.camera_health_p2961
    ADD CONSTRAINT camera_health_p2961_pkey PRIMARY KEY (time_ns, camera);
ALTER TABLE ONLY public.camera_health_p2962
    ADD CONSTRAINT camera_health_p2962_pkey PRIMARY KEY (time_ns, camera);
ALTER TABLE ONLY public.camera_health_p2963
    ADD CONSTRAINT camera_health_p2963_pkey PRIMARY KEY (time_ns, camera);
ALTER TABLE ONLY public.configuration_versions
    ADD CONSTRAINT configuration_versions_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.deletion_runs
    ADD CONSTRAINT deletion_runs_pkey PRIMARY KEY (run_id);
ALTER TABLE ONLY public.newest_health
    ADD CONSTRAINT newest_health_pkey PRIMARY KEY (camera);
ALTER TABLE ONLY public.observations_3600
    ADD CONSTRAINT observations_3600_pkey PRIMARY KEY (key_id, start_s);
ALTER TABLE ONLY public.observations_3600_p57
    ADD CONSTRAINT observations_3600_p57_pkey PRIMARY KEY (key_id, start_s);
ALTER TABLE ONLY public.observations_3600_p58
    ADD CONSTRAINT observations_3600_p58_pkey PRIMARY KEY (key_id, start_s);
ALTER TABLE ONLY public.observations_3600_p59
    ADD CONSTRAINT observations_3600_p59_pkey PRIMARY KEY (key_id, start_s);
ALTER TABLE ONLY public.observations_3600_p60
    ADD CONSTRAINT observations_3600_p60_pkey PRIMARY KEY (key_id, start_s);
ALTER TABLE ONLY public.observations_60
    ADD CONSTRAINT observations_60_pkey PRIMARY KEY (start_s, key_id);
ALTER TABLE ONLY public.observations_60_p20724
    ADD CONSTRAINT observations_60_p20724_pkey PRIMARY KEY (start_s, key_id);
ALTER TABLE ONLY public.observations_60_p20725
    ADD CONSTRAINT observations_60_p20725_pkey PRIMARY KEY (start_s, key_id);
ALTER TABLE ONLY public.observations_60_p20726
    ADD CONSTRAINT observations_60_p20726_pkey PRIMARY KEY (start_s, key_id);
ALTER TABLE ONLY public.observations_60_p20727
    ADD CONSTRAINT observations_60_p20727_pkey PRIMARY KEY (start_s, key_id);
ALTER TABLE ONLY public.observations_60_p20728
    ADD CONSTRAINT observations_60_p20728_pkey PRIMARY KEY (start_s, key_id);
ALTER TABLE ONLY public.observations_86400
    ADD CONSTRAINT observations_86400_pkey PRIMARY KEY (key_id, start_s);
ALTER TABLE ONLY public.observations_86400_p5
    ADD CONSTRAINT observations_86400_p5_pkey PRIMARY KEY (key_id, start_s);
ALTER TABLE ONLY public.observations_86400_p6
    ADD CONSTRAINT observations_86400_p6_pkey PRIMARY KEY (key_id, start_s);
ALTER TABLE ONLY public.observations_86400_p7
    ADD CONSTRAINT observations_86400_p7_pkey PRIMARY KEY (key_id, start_s);
ALTER TABLE ONLY public.observations_86400_p8
    ADD CONSTRAINT observations_86400_p8_pkey PRIMARY KEY (key_id, start_s);
ALTER TABLE ONLY public.observations_900
    ADD CONSTRAINT observations_900_pkey PRIMARY KEY (key_id, start_s);
ALTER TABLE ONLY public.observations_900_p690
    ADD CONSTRAINT observations_900_p690_pkey PRIMARY KEY (key_id, start_s);
ALTER TABLE ONLY public.observations_900_p691
    ADD CONSTRAINT observations_900_p691_pkey PRIMARY KEY (key_id, start_s);
ALTER TABLE ONLY public.observations_900_p692
    ADD CONSTRAINT observations_900_p692_pkey PRIMARY KEY (key_id, start_s);
ALTER TABLE ONLY public.observations_900_p693
    ADD CONSTRAINT observations_900_p693_pkey PRIMARY KEY (key_id, start_s);
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
ALTER INDEX public.camera_health_pkey ATTACH PARTITION public.camera_health_p2961_pkey;
ALTER INDEX public.camera_health_pkey ATTACH PARTITION public.camera_health_p2962_pkey;
ALTER INDEX public.camera_health_pkey ATTACH PARTITION public.camera_health_p2963_pkey;
ALTER INDEX public.observations_3600_pkey ATTACH PARTITION public.observations_3600_p57_pkey;
ALTER INDEX public.observations_3600_pkey ATTACH PARTITION public.observations_3600_p58_pkey;
ALTER INDEX public.observations_3600_pkey ATTACH PARTITION public.observations_3600_p59_pkey;
ALTER INDEX public.observations_3600_pkey ATTACH PARTITION public.observations_3600_p60_pkey;
ALTER INDEX public.observations_60_pkey ATTACH PARTITION public.observations_60_p20724_pkey;
ALTER INDEX public.observations_60_pkey ATTACH PARTITION public.observations_60_p20725_pkey;
ALTER INDEX public.observations_60_pkey ATTACH PARTITION public.observations_60_p20726_pkey;
ALTER INDEX public.observations_60_pkey ATTACH PARTITION public.observations_60_p20727_pkey;
ALTER INDEX public.observations_60_pkey ATTACH PARTITION public.observations_60_p20728_pkey;
ALTER INDEX public.observations_86400_pkey ATTACH PARTITION public.observations_86400_p5_pkey;
ALTER INDEX public.observations_86400_pkey ATTACH PARTITION public.observations_86400_p6_pkey;
ALTER INDEX public.observations_86400_pkey ATTACH PARTITION public.observations_86400_p7_pkey;
ALTER INDEX public.observations_86400_pkey ATTACH PARTITION public.observations_86400_p8_pkey;
ALTER INDEX public.observations_900_pkey ATTACH PARTITION public.observations_900_p690_pkey;
ALTER INDEX public.observations_900_pkey ATTACH PARTITION public.observations_900_p691_pkey;
ALTER INDEX public.observations_900_pkey ATTACH PARTITION public.observations_900_p692_pkey;
ALTER INDEX public.observations_900_pkey ATTACH PARTITION public.observations_900_p693_pkey;
