using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Approving;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Signing;
using MicroCreds.Ledger.Gateway.Webhooks;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Configuration;

/// <summary>
/// How one institution's gateway runs. Read from the section <c>MicroCreds</c> of the configuration file, and from the
/// environment: <c>MICROCREDS_PEER_ENDPOINT</c> is <see cref="PeerEndpoint"/>.
/// </summary>
public sealed record GatewayServiceOptions
{
    /// <summary>The institution's MSP.</summary>
    public required string MspId { get; init; }

    /// <summary>The channel that holds the ledger. Default is <c>credentials</c>.</summary>
    public string Channel { get; init; } = "credentials";

    /// <summary>The chaincode that holds the contract. Default is <c>microcreds</c>.</summary>
    public string Chaincode { get; init; } = "microcreds";

    /// <summary>The institution's own peer, <c>host:port</c>.</summary>
    public required string PeerEndpoint { get; init; }

    /// <summary>The file with the certificates that the peer's TLS certificate must chain to.</summary>
    public required string PeerTlsCa { get; init; }

    /// <summary>The name in the peer's TLS certificate. Default is the endpoint's host.</summary>
    public string? PeerTlsName { get; init; }

    /// <summary>The certificate of the Fabric identity that issues (PEM file).</summary>
    public required string UserCert { get; init; }

    /// <summary>
    /// The private key of that identity: a PEM file, <c>pkcs11:object=LABEL</c> or <c>awskms:KEY</c>.
    /// </summary>
    public required string UserKey { get; init; }

    /// <summary>
    /// The certificate of the Fabric identity that changes the institution's own record and keys. Default is the
    /// issuing identity, which then needs the registrar's role.
    /// </summary>
    public string? AdminCert { get; init; }

    /// <summary>The private key of that identity, as <see cref="UserKey"/>.</summary>
    public string? AdminKey { get; init; }

    /// <summary>Where the service listens. Default is <c>http://127.0.0.1:5101</c>; port 0 takes a free one.</summary>
    public string Listen { get; init; } = "http://127.0.0.1:5101";

    /// <summary>
    /// How the service is reached from outside; credentials name the address of their status list below it. Default is
    /// where it listens.
    /// </summary>
    public string? PublicUrl { get; init; }

    /// <summary>Where the store, the projection and the issuer's keys lie.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>
    /// The PostgreSQL database that holds the store, as Npgsql reads it: <c>Host=…;Database=…</c>. A password stands in
    /// it, in <see cref="DatabasePasswordFile"/>, or in the file that <c>PGPASSFILE</c> names. Default is none: the
    /// store is a SQLite file in the data directory.
    /// </summary>
    public string? Database { get; init; }

    /// <summary>A file with the database's password. Default is none.</summary>
    public string? DatabasePasswordFile { get; init; }

    /// <summary>
    /// An issuer key made elsewhere (PKCS#8 PEM). Default is none: the gateway makes one at its first start, in the
    /// folder <c>keys</c> of its data directory.
    /// </summary>
    public string? IssuerKeyFile { get; init; }

    /// <summary>
    /// What kind of key the gateway makes: <c>P256</c>, which software everywhere can verify, or <c>Ed25519</c>. Keys
    /// that are there already stay as they are. Default is P256.
    /// </summary>
    public KeyAlgorithm IssuerKeyAlgorithm { get; init; } = KeyAlgorithm.P256;

    /// <summary>
    /// Whether keys that the gateway makes, of issuing and of the log, have a half of ML-DSA-44 beside the elliptic
    /// one, so that what they sign outlives elliptic keys: a key with both is made if the one that signs has none.
    /// Default is that they do not.
    /// </summary>
    public MlDsaUse MlDsa { get; init; }

    /// <summary>
    /// The certificates of the issuer key for readers that trust authorities (PEM: the key's own first, then those up
    /// to the authority's), which tokens bring along. Read again when the file changes. Default is none.
    /// </summary>
    public string? IssuerCert { get; init; }

    /// <summary>
    /// A file with the verifier keys of logs whose heads this gateway cosigns as a witness, one a line; lines that
    /// begin with # are passed over. Default is none.
    /// </summary>
    public string? WitnessedLogs { get; init; }

    /// <summary>
    /// A file with those who are asked to sign the heads of this gateway's log, other members and witnesses: a member's
    /// MSP, whose keys the ledger has, or a verifier key; then a space and an address, which a member needs only where
    /// it is not known; or <c>members</c> for all other members, which may stand in the file's place. Lines that begin
    /// with # are passed over. Default is none.
    /// </summary>
    public string? LogCosigners { get; init; }

    /// <summary>How often they are asked. Default is 5 seconds.</summary>
    public TimeSpan LogExchange { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How SD-JWT VCs name their issuer: <c>Did</c>, or <c>Url</c> for readers that know no DIDs. Those with
    /// certificates name the address always. Default is Did.
    /// </summary>
    public SdJwtIssuer SdJwtIssuer { get; init; } = SdJwtIssuer.Did;

    /// <summary>
    /// How new credentials name our own JSON-LD context: <c>Published</c>, by an address that the proof covers, or
    /// <c>Inline</c>, as long as a member's gateway is of a version that reads no others. Default is Published.
    /// </summary>
    public OwnContext OwnContext { get; init; } = OwnContext.Published;

    /// <summary>Where keys lie that are in no file. Default is nowhere.</summary>
    public KeyPlaceOptions KeyPlaces { get; init; } = new();

    /// <summary>
    /// An API key that may do everything, for the first start. Default is none: the gateway then makes one and writes
    /// it to <see cref="ApiKeyFile"/>.
    /// </summary>
    public string? ApiKey { get; init; }

    /// <summary>
    /// Where the API key of the first start is written. Default is <c>api-key</c> in the data directory.
    /// </summary>
    public string? ApiKeyFile { get; init; }

    /// <summary>
    /// How long an unknown anchor of a fresh credential reads as "not there yet" instead of "never anchored". Default
    /// is 5 minutes.
    /// </summary>
    public TimeSpan FreshCredential { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a person stays signed in at most, whatever is done. Default is 10 hours.</summary>
    public TimeSpan SessionLifetime { get; init; } = TimeSpan.FromHours(10);

    /// <summary>After how long without a request a person is signed out. Default is 30 minutes.</summary>
    public TimeSpan SessionIdle { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long an entry of the audit log is kept. Default is 3653 days, which is 10 years.</summary>
    public TimeSpan AuditRetention { get; init; } = TimeSpan.FromDays(3653);

    /// <summary>
    /// How people sign in. Default is none: by a one-time link, which works on the gateway's own machine alone.
    /// </summary>
    public SignOnOptions? SignOn { get; init; }

    /// <summary>
    /// When another person approves before anything is signed: <c>none</c>, <c>all</c>, or a number, above which rows
    /// of a batch somebody is asked. Default is none.
    /// </summary>
    public ApprovalPolicy Approval { get; init; } = ApprovalPolicy.None;

    /// <summary>
    /// The time zone of the institution's clocks by its IANA name, in which a day to issue on is meant. Default is the
    /// machine's.
    /// </summary>
    public string TimeZone { get; init; } = TimeZoneInfo.Local.Id;

    /// <summary>How credentials reach learners.</summary>
    public LearnerOptions Learners { get; init; } = new();

    /// <summary>How wallets are met.</summary>
    public WalletOptions Wallets { get; init; } = new();

    /// <summary>
    /// Where members' gateways are, <c>MSP=address</c>, separated by commas: links of these are followed wherever they
    /// lie, also within a private network. Default is none: a link is followed if its host is the domain of a member's
    /// confirmed <c>did:web</c> or lies below it, by https and at a public address.
    /// </summary>
    public IReadOnlyList<MemberGateway> MemberGateways { get; init; } = [];

    /// <summary>
    /// Whether who verifies what is not of this consortium has the gateway fetch its issuer's <c>did:web</c> document.
    /// Default is yes; else such signatures are not looked at.
    /// </summary>
    public bool FetchForeignKeys { get; init; } = true;

    /// <summary>How the desk shows whose it is.</summary>
    public BrandOptions Brand { get; init; } = new();

    /// <summary>
    /// The skills that achievements choose from: ESCO's file of skills (CSV with <c>conceptUri</c>,
    /// <c>preferredLabel</c>), in the institution's language. Default is none: skills are then written by hand.
    /// </summary>
    public string? SkillsFile { get; init; }

    /// <summary>How webhooks are told, and which may be.</summary>
    public WebhookOptions Webhooks { get; init; } = new();

    /// <summary>
    /// Where traces, metrics and logs are sent (OTLP), such as <c>http://127.0.0.1:4317</c>. Default is what
    /// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says, and else nowhere. The protocol is gRPC unless
    /// <c>OTEL_EXPORTER_OTLP_PROTOCOL</c> is <c>http/protobuf</c>.
    /// </summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary>
    /// Where <c>/metrics</c>, <c>/readyz</c> and <c>/healthz</c> are answered, such as <c>http://127.0.0.1:9101</c>;
    /// elsewhere only <c>/healthz</c> is then. Default is none: they are answered where all else is.
    /// </summary>
    public string? OperationsListen { get; init; }

    /// <summary>
    /// The free megabytes on the disk of <see cref="DataDirectory"/> below which the gateway is not ready. Default is
    /// 256.
    /// </summary>
    public int MinFreeMegabytes { get; init; } = 256;

    /// <summary>
    /// How many units a second one address, and one API key, may take; after a rest ten seconds' worth at once. A
    /// request costs 1, one that may have to ask the peer 5, a batch 20. Default is 100.
    /// </summary>
    public int ClientUnitsPerSecond { get; init; } = 100;

    /// <summary>How many units a second all clients together may take. Default is 2000.</summary>
    public int UnitsPerSecond { get; init; } = 2000;

    /// <summary>How many requests one client may have under way. Default is 64.</summary>
    public int ClientRequestsAtATime { get; init; } = 64;

    /// <summary>After how long a stream of events shows that it lives. Default is 15 seconds.</summary>
    public TimeSpan EventBeat { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether requests from this computer itself are limited, too. Default is no.</summary>
    public bool LimitLoopback { get; init; }

    /// <summary>
    /// The balancers (addresses or networks, separated by commas) whose <c>X-Forwarded-For</c> tells the client's
    /// address. Default is none: then that header means nothing.
    /// </summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];
}

/// <summary>Where a member's gateway is.</summary>
/// <param name="MspId">The member.</param>
/// <param name="Address">Its address, without a slash at its end.</param>
public sealed record MemberGateway(string MspId, Uri Address);
