using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials;

/// <summary>An institution with its key and an achievement, that issues without a service or a ledger.</summary>
internal sealed class SampleIssuer : IDisposable
{
    public const string Ledger = "credentials";

    /// <summary>The ledger that its documents name.</summary>
    public string NamedLedger { get; set; } = Ledger;

    public const string PythonSkill = "http://data.europa.eu/esco/skill/ccd0a1d9-afda-43d9-b901-96344886e14d";

    public static readonly DateTimeOffset IssuedAt = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public SampleIssuer(
        string mspId = "AuroraMSP", string domain = "aurora.example", KeyAlgorithm algorithm = KeyAlgorithm.P256)
    {
        Key = IssuerPrivateKey.Generate(algorithm);
        OtherKey = IssuerPrivateKey.Generate(algorithm);
        Institution = new Institution
        {
            MspId = mspId,
            Name = "Aurora University",
            Country = "FI",
            Did = "did:web:" + domain,
            Website = "https://www." + domain,
            Identifiers = new Dictionary<string, string>
            { ["ror"] = "https://ror.org/0abcdef12", ["pic"] = "999999999" },
            Keys = [KeyOf("key-1", Key), KeyOf("key-2", OtherKey)],
        };
        Institution = Institution with { Identities = [Institution.Standing with { ConfirmedAt = IssuedAt }] };
        Context = new CredentialContext
        {
            ValidFrom = IssuedAt,
            StatusList = new StatusListRange("https://creds." + domain, mspId, "list-1", Offset: 0),
        };
        Achievement = new Achievement
        {
            MspId = mspId,
            Id = "python-basics",
            Version = 2,
            Name = "Python – für den Einstieg",
            Description = "Programming in Python for people who never programmed before.",
            Criteria = "Pass the written assignment and the oral examination.",
            LearningOutcomes =
                ["Write a program of 100 lines.", "Explain what a variable is.", "Test what was written."],
            Credits = 2.5,
            WorkloadHours = 67.5,
            EqfLevel = 6,
            Language = "en",
            Assessment = "Written assignment and oral examination",
            Participation = "blended",
            QualityAssurance = "Programme accreditation by an agency that is listed in EQAR",
            Prerequisites = "None",
            FieldOfStudy = "0613",
            Skills = [new Skill("Python (computer programming)", PythonSkill)],
            QfEheaCycle = "first",
            Supervision = "supervisedOnsiteWithIdentity",
            Stackability = "stackable",
            StacksInto = "Certificate in Scientific Computing, 15 ECTS credits",
            FurtherInformation = "Taught every autumn.",
        };
    }

    public IssuerPrivateKey Key { get; }

    public IssuerPrivateKey OtherKey { get; }

    public Institution Institution { get; set; }

    public Achievement Achievement { get; set; }

    /// <summary>What the credentials share; its part of the status list may be changed.</summary>
    public CredentialContext Context { get; set; }

    public static CredentialRequest Request(string name = "Maija Esimerkki", string? email = null) => new()
    {
        Achievement = "python-basics",
        Recipient = new Recipient { Name = name, Email = email },
    };

    /// <summary>What its credentials are made up of. Default is nothing.</summary>
    public IReadOnlyList<CredentialPart> Parts { get; set; } = [];

    /// <summary>How its documents are made. Default is as they are made now.</summary>
    public int TemplateVersion { get; set; } = CredentialTemplate.Version;

    /// <summary>Issues one credential.</summary>
    public SampleCohort Issue(CredentialRequest? request = null) => Issue([request ?? Request()]);

    /// <summary>Issues credentials in one tree.</summary>
    public SampleCohort Issue(IReadOnlyList<CredentialRequest> requests, string signedBy = "key-1")
    {
        var key = signedBy == "key-1" ? Key : OtherKey;
        var template = new CredentialTemplate(Achievement, Institution, Context, TemplateVersion);
        var credentials = requests.Select((request, leaf) => template.Fill(request, leaf, Parts)).ToArray();
        var tree = MerkleTree.Build([.. credentials.Select(credential => credential.LeafHash())]);
        string root = Convert.ToHexStringLower(tree.Root);
        var statement = new IssuanceStatement
        {
            Ledger = Ledger,
            MspId = Institution.MspId,
            Root = root,
            Size = credentials.Length,
            Achievements = [new AchievementReference(Achievement.Id, Achievement.Version)],
            KeyId = signedBy,
            StatusList = Context.StatusList.List,
            StatusOffset = Context.StatusList.Offset,
        };
        var signer = new CredentialSigner(key, Institution.Did, signedBy, IssuedAt);
        return new SampleCohort(
            new Issuance
            {
                Statement = statement,
                Signature = Sign(statement, key),
                IssuedAt = IssuedAt,
                TransactionId = new string('a', 64),
            },
            [.. credentials.Select((credential, i) => signer.Complete(credential, AnchorOf(tree, root, i, signedBy)))]);
    }

    public Status SetStatus(
        SampleCohort cohort, int index, string state, string? reason, CredentialReference? replacedBy = null,
        string signedBy = "key-1")
    {
        var statement = new StatusStatement
        {
            Ledger = Ledger,
            MspId = Institution.MspId,
            Root = cohort.Root,
            Index = index,
            Sequence = 1,
            State = state,
            Reason = reason,
            ReplacedBy = replacedBy,
            KeyId = signedBy,
        };
        return new Status
        {
            Statement = statement,
            Signature = Sign(statement, signedBy == "key-1" ? Key : OtherKey),
            ChangedAt = IssuedAt.AddDays(1),
            TransactionId = new string('b', 64),
        };
    }

    /// <summary>Changes the first key's life.</summary>
    public void SetKeyLife(Func<SigningKey, SigningKey> change) =>
        Institution = Institution with { Keys = [change(Institution.Keys[0]), .. Institution.Keys.Skip(1)] };

    public static string Sign<T>(T statement, IssuerPrivateKey key)
        where T : class => Statements.EncodeSignature(key.Sign(Statements.BytesToSign(statement)));

    public void Dispose()
    {
        Key.Dispose();
        OtherKey.Dispose();
    }

    private LedgerAnchorDocument AnchorOf(MerkleTree tree, string root, int index, string keyId) => new()
    {
        Ledger = NamedLedger,
        MspId = Institution.MspId,
        Root = root,
        Index = index,
        Size = tree.Size,
        Path = [.. tree.ProofFor(index).Select(hash => Convert.ToHexStringLower(hash))],
        TransactionId = new string('a', 64),
        KeyId = keyId,
    };

    private static SigningKey KeyOf(string id, IssuerPrivateKey key) => new()
    {
        Id = id,
        PublicKeyMultibase = key.PublicKeyMultibase,
        ValidFrom = IssuedAt.AddYears(-1),
    };
}

/// <summary>Credentials of one tree, and what stands on the ledger about them.</summary>
internal sealed record SampleCohort(Issuance Issuance, IReadOnlyList<byte[]> Documents)
{
    public string Root => Issuance.Statement.Root;
}
