using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Log.Leaves;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Credentials;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Log;

/// <summary>A credential proven without a network by a head that members and a witness signed.</summary>
public sealed class LogProofTests : IDisposable
{
    private readonly Dictionary<string, LogProofVerifier> _remembering = [];
    private readonly SimulatedConsortium _consortium = new();
    private readonly SampleIssuer _issuer;
    private readonly IReadOnlyList<SimulatedCosigner> _members;
    private readonly SimulatedCosigner _witness;
    private readonly FakeTimeProvider _time;
    private readonly SampleCohort _cohort;
    private readonly SimulatedLog _log;

    public LogProofTests()
    {
        (_issuer, _members) = (_consortium.Issuer, _consortium.Members);
        (_witness, _time) = (_consortium.Witness, _consortium.Time);
        _cohort = _issuer.Issue([SampleIssuer.Request(), SampleIssuer.Request("Other One")]);
        _log = SimulatedLog.Of(_issuer);
        _log.Issue(_cohort);
    }

    private LogTrust Trust => _consortium.Trust;

    public void Dispose() => _consortium.Dispose();

    [Fact]
    public void Credential_IsInForce_ByTheWordOfThoseWhoSigned()
    {
        var head = _log.Head();
        var now = _time.GetUtcNow();
        var note = new SignedNote(head.ToText(),
        [
            _members[0].Sign(head, now.AddHours(-1)), _members[1].Sign(head, now.AddHours(-3)),
            _members[2].Sign(head, now.AddHours(-2)), _witness.Sign(head, now.AddHours(-2.5)),
        ]);
        var verdict = Verify(_log.Prove(note, _cohort));
        Assert.Equal(VerdictKind.Valid, verdict.Kind);

        // Three of four are needed, so that it is as of the third.
        Assert.Equal(
            "In force as of 2026-03-02T09:00:00Z, by the word of AuroraMSP, LindenMSP, MeridianMSP and the witness "
            + "witness.example.",
            verdict.Headline);
        Assert.Equal("Maija Esimerkki", verdict.Credential!.Recipient);
        Assert.All(verdict.Checks, check => Assert.Equal(CheckOutcome.Pass, check.Outcome));
        Assert.Equal(VerdictKind.Valid, Verify(_log.Prove(note, _cohort, 1), 1).Kind);
    }

    [Fact]
    public void WhatWasSaidOfIt_Counts_AndOldProofsSayAsOfWhen()
    {
        byte[] before = _log.Prove(Signed(), _cohort);
        _log.Change(_issuer.SetStatus(_cohort, 0, CredentialState.Suspended, StatusReason.UnderReview));
        AssertFault(CheckCodes.Suspended, VerdictKind.Invalid, _log.Prove(Signed(), _cohort));
        _log.Change(_issuer.SetStatus(_cohort, 0, CredentialState.InForce, reason: null));
        var again = Verify(_log.Prove(Signed(), _cohort));
        Assert.Equal(VerdictKind.Valid, again.Kind);
        Assert.Contains(again.Notices, notice => notice.Code == CheckCodes.ReinstatedEarlier);
        var next = new CredentialReference(new string('d', 64), 3, "urn:uuid:0f8fad5b-d9cb-469f-a165-70867728950e");
        _log.Change(_issuer.SetStatus(_cohort, 0, CredentialState.Revoked, StatusReason.Superseded, next));
        byte[] after = _log.Prove(Signed(), _cohort);
        AssertFault(CheckCodes.Superseded, VerdictKind.Invalid, after);
        Assert.Equal(next, Verify(after).ReplacedBy);
        Assert.Equal(VerdictKind.Valid, Verify(_log.Prove(Signed(), _cohort, 1), 1).Kind);

        var old = Verify(before);
        Assert.Equal((VerdictKind.Valid, SampleIssuer.IssuedAt.AddDays(1)), (old.Kind, old.InForceAsOf));
        _time.Advance(TimeSpan.FromDays(3));
        AssertFault(LogCheckCodes.TooOld, VerdictKind.Indeterminate, before, maxAge: TimeSpan.FromDays(2));
    }

    [Fact]
    public void KeyThatWasStolen_CountsByTheMomentOfTheBlock()
    {
        var stolen = _issuer.Institution.Keys[0] with { CompromisedSince = _log.Leaves[^1].Moment };
        _log.Change(_issuer.SetStatus(_cohort, 1, CredentialState.Suspended, StatusReason.UnderReview));
        _log.Change(_issuer.SetStatus(_cohort, 1, CredentialState.InForce, reason: null));
        byte[] before = _log.Prove(Signed(), _cohort);
        _log.Record(LeafTypes.Key, new KeyLeaf("AuroraMSP", stolen));
        Assert.Equal(VerdictKind.Valid, Verify(before).Kind);
        AssertFault(CheckCodes.KeyCompromised, VerdictKind.Invalid, _log.Prove(Signed(), _cohort));

        // Stolen after the issuance, and before the suspension was lifted.
        _log.Record(LeafTypes.Key, new KeyLeaf(
            "AuroraMSP", stolen with { CompromisedSince = stolen.CompromisedSince!.Value.AddSeconds(1) }));
        var verdict = Verify(_log.Prove(Signed(), _cohort));
        Assert.Equal(VerdictKind.Valid, verdict.Kind);
        Assert.Contains(verdict.Notices, notice => notice.Code == CheckCodes.KeyCompromisedLater);
        AssertFault(
            CheckCodes.StatusKeyCompromised, VerdictKind.Indeterminate, _log.Prove(Signed(), _cohort, 1), index: 1);
    }

    [Fact]
    public void ProofOfAnother_OrOfAChangedCredential_ProvesNothing()
    {
        var other = _issuer.Issue();
        _log.Issue(other);
        _log.Change(_issuer.SetStatus(_cohort, 1, CredentialState.Suspended, StatusReason.UnderReview));
        var note = Signed();
        AssertFault(CheckCodes.AnchorMismatch, VerdictKind.Invalid, _log.Prove(note, other));
        AssertFault(LogCheckCodes.StandingNotProven, VerdictKind.Invalid, _log.Prove(note, _cohort, 1));
        var file = LogProofFile.Parse(_log.Prove(note, _cohort), Credential);
        AssertFault(
            LogCheckCodes.NotInTheLog, VerdictKind.Invalid, (file with { Index = file.Index + 1 }).ToBytes());
        AssertFault(
            LogCheckCodes.NotInTheLog, VerdictKind.Invalid, (file with { Path = [.. file.Path.Take(1)] }).ToBytes());

        var changed = JsonNode.Parse(_cohort.Documents[0])!;
        changed["credentialSubject"]!["name"] = "Somebody Else";
        var verdict = Verify(Encoding.UTF8.GetBytes(changed.ToJsonString()), file.ToBytes());
        Assert.Contains(verdict.Checks, check => check.Code == CheckCodes.InclusionMismatch);
        Assert.Equal(VerdictKind.Invalid, verdict.Kind);
    }

    [Fact]
    public void Head_ThatTooFewSigned_CountsForNothing()
    {
        var head = _log.Head();
        var now = _time.GetUtcNow();
        var all = Signed();
        AssertFault(LogCheckCodes.TooFewSigned, VerdictKind.Indeterminate, Prove(all.Signatures.Skip(2)));
        AssertFault(LogCheckCodes.TooFewSigned, VerdictKind.Indeterminate, Prove(all.Signatures.SkipLast(1)));

        // Nobody counts twice, and no name helps without its key.
        var twice = Enumerable.Repeat(_members[0], 5).Select((one, i) => one.Sign(head, now.AddSeconds(-i)));
        AssertFault(
            LogCheckCodes.TooFewSigned, VerdictKind.Indeterminate, Prove([.. twice, all.Signatures[^1]]));
        var renamed = all.Signatures.Select((one, i) =>
            i == 0 ? new NoteSignature(_members[3].Key.Name, _members[3].Key.Id, one.Bytes) : one);
        AssertFault(
            LogCheckCodes.TooFewSigned, VerdictKind.Indeterminate, Prove([renamed.First(), .. all.Signatures.Skip(1)
                .Where(one => one.Name != _members[1].Key.Name)]));

        // A signature that a key made when it was not the member's any more.
        var retired = Trust with
        {
            Members =
            [
                .. Trust.Members.Select((one, i) => i > 1 ? one : one with
                {
                    Keys = [one.Keys[0] with { Until = now }],
                }),
            ],
        };
        AssertFault(LogCheckCodes.TooFewSigned, VerdictKind.Indeterminate, Prove(all.Signatures), trust: retired);
        AssertFault(
            LogCheckCodes.FromTheFuture, VerdictKind.Invalid,
            _log.Prove(Signed(now.AddHours(1)), _cohort));
        AssertFault(
            CheckCodes.OtherLedger, VerdictKind.Invalid, Prove(all.Signatures), trust: Trust with { Ledger = "other" });

        byte[] Prove(IEnumerable<NoteSignature> signatures) =>
            _log.Prove(new SignedNote(head.ToText(), [.. signatures]), _cohort);
    }

    [Fact]
    public void Head_ShortenedToWhatIsNeeded_SaysTheSame()
    {
        var head = _log.Head();
        var now = _time.GetUtcNow();
        var all = new SignedNote(
            head.ToText(),
            [.. _members.Select((one, i) => one.Sign(head, now.AddHours(-i))), _witness.Sign(head, now)]);
        var some = HeadFinding.Shorten(all, Trust);
        Assert.Equal(
            ["AuroraMSP", "LindenMSP", "MeridianMSP", "witness.example"],
            some.Signatures.Select(one => one.Name.Split('/')[0]));
        Assert.Equal(HeadFinding.Of(all, Trust).AsOf, HeadFinding.Of(some, Trust).AsOf);
        Assert.Equal(VerdictKind.Valid, Verify(_log.Prove(some, _cohort)).Kind);
        var few = new SignedNote(head.ToText(), [.. all.Signatures.Take(2)]);
        Assert.Same(few, HeadFinding.Shorten(few, Trust));
    }

    [Fact]
    public void Issuer_WhomNobodyConfirmed_OrWhoBearsAnothersName_IsNotTaken()
    {
        var log = SimulatedLog.Of(_issuer, isConfirmed: false);
        log.Issue(_cohort);
        AssertFault(CheckCodes.IssuerUnconfirmed, VerdictKind.Indeterminate, log.Prove(Signed(log: log), _cohort));
        log.Record(LeafTypes.Identity, new IdentityLeaf(
            "AuroraMSP", 0, _issuer.Institution.Identities[0] with { Did = "did:web:elsewhere.example" }));
        AssertFault(CheckCodes.IssuerMismatch, VerdictKind.Invalid, log.Prove(Signed(log: log), _cohort));
    }

    [Theory]
    [InlineData("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2")]
    [InlineData("extra ", "xtra ")]
    [InlineData("extra ", "extra AAAA")]
    [InlineData("index 4", "index 04")]
    [InlineData("index 4\n", "index 4\nAAAA\n")]
    [InlineData("\n\ncredentials\n", "\ncredentials\n")]
    [InlineData("\n\ncredentials\n5", "\n\ncredentials\nfive")]
    public void File_InAnotherForm_ProvesNothing(string part, string other)
    {
        string file = Encoding.UTF8.GetString(_log.Prove(Signed(), _cohort));
        Assert.Contains(part, file, StringComparison.Ordinal);
        string changed = file.Replace(part, other, StringComparison.Ordinal);
        Assert.NotEqual(VerdictKind.Valid, Verify(Encoding.UTF8.GetBytes(changed)).Kind);
    }

    [Theory]
    [InlineData("\"LogTrust\"", "\"LedgerTrust\"", "/type")]
    [InlineData("\"members\":[", "\"members\":[null,", "/members/0")]
    [InlineData("\"witnessesNeeded\":1", "\"witnessesNeeded\":2", "/witnessesNeeded")]
    [InlineData("\"witnessesNeeded\":1", "\"membersNeeded\":5,\"witnessesNeeded\":1", "/membersNeeded")]
    [InlineData("\"key\":\"AuroraMSP", "\"key\":\"AurorMSP", "/members/0/keys/0/key")]
    [InlineData("\"witnesses\"", "\"witnessed\"", "/witnessed")]
    public void TrustFile_WithAFault_IsRefusedAtItsPlace(string part, string other, string place)
    {
        string file = Encoding.UTF8.GetString(CanonicalJson.Serialize(Trust));
        Assert.Equal(3, LogTrust.Read(Encoding.UTF8.GetBytes(file)).Threshold);
        Assert.Contains(part, file, StringComparison.Ordinal);
        var fault = Assert.Throws<StrictJsonException>(() => LogTrust.Read(
            Encoding.UTF8.GetBytes(file.Replace(part, other, StringComparison.Ordinal))));
        Assert.Equal(place, fault.Path);
    }

    [Fact]
    public void TrustFile_WithAKeyTwice_IsRefused()
    {
        var twice = Trust with { Members = [.. Trust.Members, Trust.Members[0] with { Name = "Another" }] };
        Assert.Throws<StrictJsonException>(() => LogTrust.Read(CanonicalJson.Serialize(twice)));
    }

    /// <summary>What the issuance does not say of it is nobody's word, whatever else is proven.</summary>
    [Fact]
    public void Credential_OfAnotherAchievement_OrPlaceInTheStatusList_IsRefused()
    {
        foreach (var (statement, code) in Unattested)
        {
            var (log, cohort) = (SimulatedLog.Of(_issuer), With(statement));
            log.Issue(cohort);
            AssertFault(code, VerdictKind.Invalid, log.Prove(Signed(log: log), cohort));
        }
    }

    private ReadCredential Credential => CredentialReader.Read(_cohort.Documents[0]);

    private IEnumerable<(IssuanceStatement Statement, string Code)> Unattested
    {
        get
        {
            var statement = _cohort.Issuance.Statement;
            var other = statement.Achievements[0] with { Version = 3 };
            yield return (statement with { Achievements = [other] }, CheckCodes.AchievementNotIssued);
            yield return (statement with { StatusOffset = 5 }, CheckCodes.StatusEntryMismatch);
            yield return (statement with { StatusList = "list-2" }, CheckCodes.StatusEntryMismatch);
        }
    }

    private SampleCohort With(IssuanceStatement statement) =>
        _cohort with { Issuance = _cohort.Issuance with { Statement = statement } };

    private SignedNote Signed(DateTimeOffset? time = null, SimulatedLog? log = null) =>
        _consortium.Signed(log ?? _log, time);

    private LogVerdict Verify(byte[] proof, int index = 0) => Verify(_cohort.Documents[index], proof);

    /// <summary>Verifies as who saw nothing before, and as who remembers all that it saw: both say the same.</summary>
    private LogVerdict Verify(byte[] document, byte[] proof, LogTrust? trust = null, TimeSpan? maxAge = null)
    {
        var verdict = _consortium.Verifier(trust, maxAge).Verify(document, proof);
        string who = $"{maxAge} {trust?.Ledger} {trust?.Members[0].Keys[0].Until}";
        if (!_remembering.TryGetValue(who, out var remembering))
            _remembering[who] = remembering = _consortium.Verifier(trust, maxAge);
        for (int i = 0; i < _cohort.Documents.Count; i++)
            remembering.Verify(_cohort.Documents[i], _log.Prove(Signed(), _cohort, i));
        var again = remembering.Verify(document, proof);
        Assert.Equal(CanonicalJson.Serialize(verdict), CanonicalJson.Serialize(again));
        return verdict;
    }

    private void AssertFault(
        string code, VerdictKind kind, byte[] proof, LogTrust? trust = null, TimeSpan? maxAge = null, int index = 0)
    {
        var verdict = Verify(_cohort.Documents[index], proof, trust, maxAge);
        Assert.Equal(kind, verdict.Kind);
        Assert.Contains(
            verdict.Checks,
            check => check.Code == code && check.Outcome is CheckOutcome.Fail or CheckOutcome.Unknown);
    }
}
