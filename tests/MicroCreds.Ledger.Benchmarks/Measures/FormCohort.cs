using System.Text;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Compact;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>
/// An institution that issues in this process, as its gateway does, and a ledger that has what it issued.
/// </summary>
internal sealed class FormCohort : ILedgerView
{
    private const int ChunkSize = 1_000;

    private static readonly string Ledger = LedgerName.Of("credentials", new byte[32]);

    public static readonly DateTimeOffset IssuedAt = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly IssuerKey _key = IssuerKey.Of(IssuerPrivateKey.Generate());
    private readonly Institution _institution;
    private readonly Achievement _achievement = new()
    {
        MspId = "AuroraMSP",
        Id = "data-literacy",
        Version = 1,
        Name = "Data Literacy for Public Administration",
        Description = "Finding, judging and presenting data in the daily work of a public office.",
        Criteria = "Pass the supervised written examination and hand in a data brief on a public register.",
        LearningOutcomes =
        [
            "Judges whether a data set fits a question, and says what it cannot answer.",
            "Cleans and joins tables from public registers and documents each step.",
            "Presents a finding with its uncertainty to readers without training in statistics.",
        ],
        Credits = 3,
        WorkloadHours = 81,
        EqfLevel = 6,
        Language = "en",
        Assessment = "Supervised written examination and a graded project",
        Participation = "blended",
        QualityAssurance = "Internal quality assurance under the university's institutional audit",
    };

    private Issuance? _issuance;
    private (IssuanceBuilder.Issue Issue, CredentialTemplate Template, MerkleTree Tree)? _signing;

    public FormCohort()
    {
        _institution = new Institution
        {
            MspId = "AuroraMSP",
            Name = "Aurora University",
            Country = "FI",
            Did = "did:web:aurora.example",
            Website = "https://www.aurora.example",
            Keys =
            [
                new SigningKey
                {
                    Id = _key.Id,
                    PublicKeyMultibase = _key.Signer.PublicKeyMultibase,
                    ValidFrom = IssuedAt.AddYears(-1),
                },
            ],
        };
        _institution = _institution with { Identities = [_institution.Standing with { ConfirmedAt = IssuedAt }] };
        Writer = new CredentialFormWriter(_key.Signer, _institution.Did, _key.Id);
    }

    public CredentialFormWriter Writer { get; }

    public IIssuerSigner Key => _key.Signer;

    public Institution Institution => _institution;

    /// <summary>What was issued last.</summary>
    public Issuance Issuance => _issuance ?? throw new InvalidOperationException("Nothing is issued yet.");

    public static VerificationOptions Options => new() { Ledger = Ledger };

    /// <summary>Requests as a registrar sends them: a name, a mail address and a grade.</summary>
    public static CredentialRequest[] Requests(int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => new CredentialRequest
        {
            Achievement = "data-literacy",
            Recipient = new Recipient { Name = $"Learner Number {i}", Email = $"learner.{i}@student.aurora.example" },
            Result = new CredentialResult { Value = "5" },
        }),
    ];

    /// <summary>
    /// Does what a gateway does for a batch between its rows and its store, on all cores: seeds, leaves, tree and
    /// statement.
    /// </summary>
    public StoredDocument[] Issue(CredentialRequest[] requests)
    {
        var context = new CredentialContext
        {
            ValidFrom = IssuedAt,
            StatusList = new StatusListRange("https://gateway.aurora.example", "AuroraMSP", "list-1", 0),
        };
        var issue = new IssuanceBuilder.Issue(
            _institution, _key, _key.Id, context, Ledger, CredentialTemplate.Version);
        var template = issue.Template(_achievement);
        int[] order = IssuanceBuilder.DrawOrder(requests.Length);
        byte[][] leaves = new byte[requests.Length][];
        var stored = new StoredDocument[requests.Length];
        InChunks(requests.Length, i =>
        {
            var seed = CredentialSeed.Draw(requests[i], IssuedAt);
            var (kept, credential) = IssuanceBuilder.Keep(template, seed, order[i], templateNumber: 1);
            leaves[order[i]] = credential.LeafHash();
            stored[i] = new StoredDocument(seed.Id, 1, order[i], i + 1, kept);
        });
        var tree = MerkleTree.Build(leaves);
        string root = Convert.ToHexStringLower(tree.Root);
        var signed = Now(_key.SignAsync(new IssuanceStatement
        {
            Ledger = Ledger,
            MspId = _institution.MspId,
            Root = root,
            Size = tree.Size,
            Achievements = [new AchievementReference(_achievement.Id, _achievement.Version)],
            KeyId = _key.Id,
            StatusList = context.StatusList.List,
            StatusOffset = context.StatusList.Offset,
        }));
        _issuance = new Issuance
        {
            Statement = signed.Statement,
            Signature = signed.Signature,
            IssuedAt = IssuedAt,
            TransactionId = new string('a', 64),
        };
        _signing = (issue, template, tree);
        return stored;
    }

    /// <summary>Makes the document of a credential that was issued last, with its proof.</summary>
    public byte[] Complete(StoredDocument stored)
    {
        var (issue, template, tree) = _signing!.Value;
        return Now(issue.Signer.CompleteAsync(
            template.Expand(CredentialSeed.FromCbor(stored.Kept.Bytes), stored.Leaf),
            issue.Anchor(tree, Convert.ToHexStringLower(tree.Root), stored.Leaf) with
            {
                TransactionId = Issuance.TransactionId,
            }));
    }

    /// <summary>Writes documents for paper.</summary>
    public byte[][] Compacts(StoredDocument[] issued, byte[][] documents)
    {
        var verifier = new CredentialVerifier(this, TimeProvider.System, Options);
        var writer = new CompactWriter(this, verifier.Compact);
        return
        [
            .. issued.Zip(documents, (one, document) => Encoding.ASCII.GetBytes(
                Now(writer.WriteAsync(document, CredentialSeed.FromCbor(one.Kept.Bytes))).Text
                ?? throw new BenchmarkException("A credential has no compact form."))),
        ];
    }

    /// <summary>Gives what a key in memory has signed, which it does at once.</summary>
    public static T Now<T>(ValueTask<T> signing) => signing.AsTask().GetAwaiter().GetResult();

    public ValueTask<AnchorView> FindAnchorAsync(
        string mspId, string root, int index, AchievementReference? achievement,
        CancellationToken cancellationToken) => new(
        new AnchorView
        {
            Achievement = _achievement,
            Anchor = new Anchor { Issuance = _issuance, Institution = _institution },
            AnchoredAt = new LedgerPosition(7, 0, IssuedAt),
            AsOf = new LedgerMoment(9, IssuedAt.AddHours(1)),
        });

    private static void InChunks(int count, Action<int> work)
    {
        for (int first = 0; first < count; first += ChunkSize)
            Parallel.For(first, Math.Min(first + ChunkSize, count), work);
    }
}
