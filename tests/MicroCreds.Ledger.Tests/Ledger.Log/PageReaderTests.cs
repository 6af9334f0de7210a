using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Log.Leaves;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Credentials;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Log;

/// <summary>The reader of /verify/offline says the same as the library, of whatever it is given.</summary>
public sealed class PageReaderTests : IDisposable
{
    private readonly SimulatedConsortium _consortium = new();
    private readonly SampleIssuer _issuer;
    private readonly SampleCohort _cohort;
    private readonly SimulatedLog _log;

    public PageReaderTests()
    {
        _issuer = _consortium.Issuer;
        _cohort = _issuer.Issue([SampleIssuer.Request(), SampleIssuer.Request("Other One")]);
        _log = SimulatedLog.Of(_issuer);
        _log.Issue(_cohort);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Document => Encoding.UTF8.GetString(_cohort.Documents[0]);

    private string Other => Encoding.UTF8.GetString(_cohort.Documents[1]);

    public void Dispose() => _consortium.Dispose();

    [Fact]
    public async Task Proofs_HaveTheSameVerdicts()
    {
        byte[] early = Prove();
        Say(CredentialState.Suspended, StatusReason.UnderReview);
        byte[] suspended = Prove();
        Say(CredentialState.InForce, reason: null);
        byte[] reinstated = Prove();
        Say(CredentialState.Revoked, StatusReason.Misconduct);
        byte[] revoked = Prove(), neighbour = Prove(index: 1);
        _log.Record(LeafTypes.Key, new KeyLeaf(
            "AuroraMSP", _issuer.Institution.Keys[0] with { CompromisedSince = SampleIssuer.IssuedAt }));
        var now = _consortium.Time.GetUtcNow();
        var few = _consortium.Signed(_log);
        var file = LogProofFile.Parse(early, CredentialReader.Read(_cohort.Documents[0]));
        await AssertSameAsync(
            validOnes: 3,
            new Case(Document, early), new Case(Document, suspended), new Case(Document, reinstated),
            new Case(Document, revoked), new Case(Document, neighbour), new Case(Other, neighbour),
            new Case(Document, Prove()), new Case(Document, Prove(now.AddHours(1))),
            new Case(Document, Prove(now.AddHours(-9)), TimeSpan.FromHours(8)),
            new Case(Document, _log.Prove(new SignedNote(few.Text, [.. few.Signatures.Skip(1)]), _cohort)),
            new Case(Document, (file with { Index = file.Index + 1 }).ToBytes()), new Case(Document, early[..^9]),
            new Case(Document.Replace("Maija", "Mirja", StringComparison.Ordinal), early), new Case("{}", early));

        // What the credential says is left away, and must be what the log has.
        var later = LogProofFile.Parse(revoked, CredentialReader.Read(_cohort.Documents[0]));
        string other = Document.Replace(new string('a', 64), new string('b', 64), StringComparison.Ordinal);
        byte[] less = file.ToBytes(CredentialReader.Read(_cohort.Documents[0]));
        Assert.InRange(less.Length, 1, early.Length - 50);
        await AssertSameAsync(
            validOnes: 2,
            new Case(Document, less), new Case(Other, less), new Case(other, less), new Case(other, early),
            new Case(Document, later.ToBytes(CredentialReader.Read(_cohort.Documents[0]))));
    }

    /// <summary>What names another transaction than the log has is not what its issuer sent.</summary>
    [Fact]
    public async Task AnchorThatNamesAnotherTransaction_IsInvalidInBoth()
    {
        string other = Document.Replace(new string('a', 64), new string('0', 64), StringComparison.Ordinal);
        Assert.NotEqual(Document, other);
        await AssertSameAsync(validOnes: 1, new Case(Document, Prove()), new Case(other, Prove()));
    }

    /// <summary>What `prove --whole` makes is taken, and a proof beside it counts in the place of its own.</summary>
    [Fact]
    public async Task OneFileWithCredentialAndProof_IsReadOnThePage()
    {
        byte[] early = Prove();
        string whole = Encoding.UTF8.GetString(new ProvenCredential(_cohort.Documents[0], early).ToBytes());
        Say(CredentialState.Revoked, StatusReason.Misconduct);
        string trust = Encoding.UTF8.GetString(CanonicalJson.Serialize(_consortium.Trust));
        var found = await OfflineScripts.ReadAsync(
            _consortium.Time.GetUtcNow(),
            new GivenFiles(whole, null, trust), new GivenFiles(whole, Encoding.UTF8.GetString(Prove()), trust),
            new GivenFiles(Document, null, trust),
            new GivenFiles(whole.Replace("Maija", "Mirja", StringComparison.Ordinal), null, trust));
        Assert.Equal(
            ["valid", "invalid", "indeterminate", "invalid"], found.Select(one => (string?)one!["verdict"]));
    }

    [Fact]
    public async Task Issuances_OfAnotherAchievementOrPlaceOrIssuer_HaveTheSameVerdicts()
    {
        var statement = _cohort.Issuance.Statement;
        var achievement = statement.Achievements[0];
        IssuanceStatement[] statements =
        [
            statement, statement with { Achievements = [achievement with { Version = 3 }] },
            statement with { Achievements = [new("another", 2), achievement] },
            statement with { StatusOffset = 5 }, statement with { StatusList = "list-2" },
            statement with { KeyId = "key-2" },
        ];
        var cases = new List<Case>();
        foreach (var one in statements)
        {
            var log = SimulatedLog.Of(_issuer);
            var cohort = _cohort with { Issuance = _cohort.Issuance with { Statement = one } };
            log.Issue(cohort);
            cases.Add(new Case(Document, log.Prove(_consortium.Signed(log), cohort)));
        }

        foreach (string did in new[] { "did:web:elsewhere.example", _issuer.Institution.Did })
        {
            var log = SimulatedLog.Of(_issuer, isConfirmed: false);
            log.Issue(_cohort);
            cases.Add(new Case(Document, log.Prove(_consortium.Signed(log), _cohort)));
            var identity = _issuer.Institution.Identities[0] with { Did = did };
            log.Record(LeafTypes.Identity, new IdentityLeaf("AuroraMSP", 0, identity));
            cases.Add(new Case(Document, log.Prove(_consortium.Signed(log), _cohort)));
            log.Record(LeafTypes.Identity, new IdentityLeaf("AuroraMSP", 1, identity));
            cases.Add(new Case(Document, log.Prove(_consortium.Signed(log), _cohort)));
        }

        await AssertSameAsync(validOnes: 4, [.. cases]);
    }

    [Fact]
    public async Task Filters_HaveTheSameVerdicts()
    {
        byte[] proof = Prove(), neighbour = Prove(index: 1);
        var before = _log.Filter(_consortium.Signed(_log));
        Say(CredentialState.Suspended, StatusReason.UnderReview);
        var note = _consortium.Signed(_log, _consortium.Time.GetUtcNow().AddHours(-2));
        string listed = Encoding.UTF8.GetString(_log.Filter(note).ToBytes());
        var few = _log.Filter(new SignedNote(note.Text, [.. note.Signatures.Skip(1)]));
        int at = listed.IndexOf("\nfilter ", StringComparison.Ordinal) + 8;
        string none = listed[..at] + "AQ==" + listed[listed.IndexOf("\n\n", StringComparison.Ordinal)..];
        byte[] after = Prove();
        _log.Record(LeafTypes.Key, new KeyLeaf(
            "AuroraMSP", _issuer.Institution.Keys[0] with { CompromisedSince = SampleIssuer.IssuedAt }));
        string stolen = Encoding.UTF8.GetString(_log.Filter(_consortium.Signed(_log)).ToBytes());
        string empty = Encoding.UTF8.GetString(before.ToBytes());
        var hours = TimeSpan.FromHours(1);
        await AssertSameAsync(
            validOnes: 2,
            new Case(Document, proof, Filter: empty), new Case(Document, proof, Filter: listed),
            new Case(Other, neighbour, Filter: listed), new Case(Other, neighbour, hours, listed),
            new Case(Document, after, Filter: empty), new Case(Document, proof, Filter: none),
            new Case(Document, proof, Filter: Encoding.UTF8.GetString(few.ToBytes())),
            new Case(Document, proof, Filter: stolen), new Case(Other, neighbour, Filter: stolen));
    }

    /// <summary>The page verifies no ML-DSA-44: it counts the others' signatures, or says that it cannot.</summary>
    [Fact]
    public async Task SignaturesOfMlDsa_AreNotCountedOnThePage_AndAFileThatAsksForThemIsRefused()
    {
        var half = MlDsaPrivateKey.Generate();
        var member = _consortium.Members[3];
        var signer = new NoteSigner(member.Key.Name, NoteKeyType.MlDsaHead, half);
        var now = _consortium.Time.GetUtcNow();
        var note = _consortium.Signed(_log);
        note = note.With(await signer.SignAsync(note.Text, now, Cancelled));
        byte[] proof = _log.Prove(note, _cohort);
        var trust = _consortium.Trust with
        {
            Members =
            [
                .. _consortium.Trust.Members.Take(3),
                new TrustedCosigner { Name = member.Name, Keys = [new CosignerKey($"{signer.Key}")] },
            ],
        };
        var found = await ReadAsync(
            trust, new Case(Document, proof),
            new Case(Document, _log.Prove(new SignedNote(note.Text, [.. note.Signatures.Skip(1)]), _cohort)));
        Assert.Equal(["valid", "indeterminate"], found.Select(one => (string?)one!["verdict"]));
        Assert.Equal(3, found[0]!["members"]!.AsArray().Count);
        found = await ReadAsync(trust with { MlDsaNeeded = true }, new Case(Document, proof));
        Assert.NotEqual("valid", (string?)found[0]!["verdict"]);
    }

    private void Say(string state, string? reason) => _log.Change(_issuer.SetStatus(_cohort, 0, state, reason));

    private byte[] Prove(DateTimeOffset? time = null, int index = 0) =>
        _log.Prove(_consortium.Signed(_log, time), _cohort, index);

    private async Task AssertSameAsync(int validOnes, params Case[] cases)
    {
        string[] expected = [.. cases.Select(Tell)];
        string[] found = [.. (await ReadAsync(_consortium.Trust, cases)).Select(one =>
            $"{one!["verdict"]} {one["asOf"]} {string.Join(',', one["codes"]!.AsArray())}")];
        Assert.Equal(expected, found);
        Assert.Equal(validOnes, expected.Count(one => one.StartsWith("valid", StringComparison.Ordinal)));
    }

    /// <summary>Has the page's reader read them.</summary>
    private Task<JsonArray> ReadAsync(LogTrust trusted, params Case[] cases)
    {
        string trust = Encoding.UTF8.GetString(CanonicalJson.Serialize(trusted));
        return OfflineScripts.ReadAsync(_consortium.Time.GetUtcNow(), [.. cases.Select(one => new GivenFiles(
            one.Document, Encoding.UTF8.GetString(one.Proof), trust, one.MaxAge, one.Filter))]);
    }

    private string Tell(Case one)
    {
        var filter = one.Filter is null ? null : StatusFilterFile.Parse(Encoding.UTF8.GetBytes(one.Filter));
        var verdict = _consortium.Verifier(maxAge: one.MaxAge, filter: filter)
            .Verify(Encoding.UTF8.GetBytes(one.Document), one.Proof);
        var codes = verdict.Checks.Select(check =>
            $"{check.Name} {check.Outcome.ToString().ToLowerInvariant()} {check.Code}");
        return $"{verdict.Kind.ToString().ToLowerInvariant()} {verdict.InForceAsOf?.ToUnixTimeMilliseconds()} "
            + string.Join(',', codes);
    }

    /// <summary>What the page and the library are given.</summary>
    private sealed record Case(string Document, byte[] Proof, TimeSpan? MaxAge = null, string? Filter = null);
}
