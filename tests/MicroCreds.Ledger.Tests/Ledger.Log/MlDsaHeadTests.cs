using System.Text;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Exposing;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Log.Witnessing;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Credentials;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Log;

/// <summary>
/// Heads that members sign by ML-DSA-44, too, before a thief who has all of their keys of Ed25519, and every signature
/// that they ever made.
/// </summary>
public sealed class MlDsaHeadTests : IDisposable
{
    private const int Needed = 2;

    private readonly SampleIssuer _issuer = new();
    private readonly SimulatedCosigner[] _elliptic =
        [new("AuroraMSP"), new("LindenMSP"), new("MeridianMSP")];

    private readonly SimulatedCosigner _other = new("w", isMember: false);
    private readonly NoteSigner[] _mlDsa;
    private readonly NoteSigner[] _plain;
    private readonly SampleCohort _cohort;
    private readonly SimulatedLog _log;
    private readonly FakeTimeProvider _time = new(SampleIssuer.IssuedAt.AddDays(1));

    public MlDsaHeadTests()
    {
        MlDsaPrivateKey[] keys = [.. _elliptic.Select(_ => MlDsaPrivateKey.Generate())];
        _mlDsa = [.. _elliptic.Zip(keys, (one, key) => new NoteSigner(one.Key.Name, NoteKeyType.MlDsaHead, key))];
        _plain = [.. _elliptic.Zip(
            keys, (one, key) => new NoteSigner(one.Key.Name, NoteKeyType.MlDsaCosignature, key))];
        _cohort = _issuer.Issue();
        _log = SimulatedLog.Of(_issuer);
        _log.Issue(_cohort);
    }

    public void Dispose()
    {
        _issuer.Dispose();
        _other.Dispose();
        foreach (var one in _elliptic) one.Dispose();
    }

    [Fact]
    public async Task Head_SignedByMlDsa_IsEnough_AndShortenedToWhatCounts()
    {
        var note = await SignedAsync(_log.Head(), [.. _elliptic], _mlDsa);
        foreach (bool mlDsaNeeded in new[] { true, false })
        {
            var trust = Trust(mlDsaNeeded);
            var shortened = HeadFinding.Shorten(note, trust);
            Assert.Equal(Needed, shortened.Signatures.Count);
            Assert.All(shortened.Signatures, one => Assert.Equal(mlDsaNeeded ? 2428 : 72, one.Bytes.Length));
            Assert.Equal(VerdictKind.Valid, Verify(shortened, trust).Kind);
        }
    }

    [Fact]
    public async Task Thief_HidesAWithdrawal_WhereEd25519Counts_AndNotWhereMlDsaIsNeeded()
    {
        var honest = await SignedAsync(_log.Head(), [.. _elliptic], _mlDsa);
        _log.Change(_issuer.SetStatus(_cohort, 0, CredentialState.Revoked, StatusReason.Misconduct));
        var revoked = await SignedAsync(_log.Head(), [.. _elliptic], _mlDsa);
        Assert.Equal(VerdictKind.Invalid, Verify(revoked, Trust(mlDsaNeeded: true)).Kind);

        // As if nothing had been said: the lines of what stands are others, the root is the same.
        var hiding = _log.Standing(leaf => leaf.Type != StatusStatement.TypeName);
        var forged = await SignedAsync(_log.Head(hiding), [.. _elliptic], []);
        forged = forged.With(revoked.Signatures.Where(IsMlDsa)).With(honest.Signatures.Where(IsMlDsa));
        byte[] proof = _log.Prove(forged, _cohort, standing: hiding);
        Assert.Equal(VerdictKind.Valid, Verify(proof, Trust(mlDsaNeeded: false)).Kind);
        Assert.Equal(VerdictKind.Indeterminate, Verify(proof, Trust(mlDsaNeeded: true)).Kind);

        // Nor does an earlier head become a newer one: the time is signed, too.
        _time.Advance(TimeSpan.FromDays(1));
        byte[][] later = [.. honest.Signatures.Where(IsMlDsa).Select(one => Redated(one))];
        var redated = new SignedNote(honest.Text,
            [.. honest.Signatures.Where(IsMlDsa).Zip(later, (one, bytes) => one with { Bytes = bytes })]);
        Assert.NotNull(HeadFinding.Of(redated, Trust(mlDsaNeeded: true)).Fault);
        Assert.Null(HeadFinding.Of(honest, Trust(mlDsaNeeded: true)).Fault);

        // As the specification has it alone, a signature says nothing of the lines: it verifies below both.
        var plain = await SignedAsync(LogHead.Parse(revoked.Text), [], _plain);
        var moved = new SignedNote(forged.Text, plain.Signatures);
        Assert.True(moved.TryOpen([.. _plain.Select(one => one.Key)], out var opened, out string? fault), fault);
        Assert.Equal(_plain.Length, opened.Count);
        Assert.NotNull(HeadFinding.Of(moved, Trust(mlDsaNeeded: false, [.. _mlDsa, .. _plain])).Fault);
    }

    [Fact]
    public void TrustFile_WithTooFewKeysOfTheKindThatItAsksFor_IsRefused()
    {
        var trust = Trust(mlDsaNeeded: true);
        Assert.True(LogTrust.Read(CanonicalJson.Serialize(trust)).MlDsaNeeded);
        Refuse("/members", trust with { Members = [.. _elliptic.Select(one => one.Trusted)] });
        Refuse("/members", Trust(mlDsaNeeded: true, _plain));
        Refuse("/witnesses", trust with
        {
            Witnesses = [new TrustedCosigner { Name = "w", Keys = [new CosignerKey($"{_other.Key}")] }],
            WitnessesNeeded = 1,
        });

        // The same key of two kinds would count twice.
        Refuse("/members/0/keys/2/key", Trust(mlDsaNeeded: false, [.. _mlDsa, .. _plain]));
        void Refuse(string path, LogTrust wrong) => Assert.Equal(
            path, Assert.Throws<StrictJsonException>(() => LogTrust.Read(CanonicalJson.Serialize(wrong))).Path);
    }

    [Fact]
    public void Key_IsReadAsItIsWritten_AndOthersAreRefused()
    {
        foreach (var key in new[] { _mlDsa[0].Key, _plain[0].Key })
        {
            var read = NoteKey.Parse($"{key}");
            Assert.Equal(
                ($"{key}", key.Id, key.Type, true, true),
                ($"{read}", read.Id, read.Type, read.IsMlDsa, read.IsCosigner));
        }

        Assert.NotEqual(_mlDsa[0].Key.Id, _plain[0].Key.Id);
        string[] parts = $"{_mlDsa[0].Key}".Split('+', 3);
        byte[] material = Convert.FromBase64String(parts[2]);
        material[1]++;
        string other = Convert.ToBase64String(material);
        Assert.Throws<FormatException>(() => NoteKey.Parse($"{parts[0]}+{parts[1]}+{other}"));
        Assert.Throws<FormatException>(() => NoteKey.Parse($"{parts[0]}+{parts[1]}+{parts[2][..40]}"));
        Assert.Throws<FormatException>(() => NoteKey.Of("a", NoteKeyType.MlDsaCosignature, new byte[32]));
    }

    [Fact]
    public async Task TextThatIsNoCheckpoint_OrHasTooLongAnOrigin_IsNotSigned()
    {
        var tooLong = new LogHead(new string('a', 256), 1, LogHead.EmptyRoot);
        foreach (string text in new[] { "no checkpoint\n", tooLong.ToText() })
        {
            await Assert.ThrowsAsync<FormatException>(
                () => _plain[0].SignAsync(text, _time.GetUtcNow(), TestContext.Current.CancellationToken).AsTask());
            Assert.False(_plain[0].Key.Verify(text, new byte[2428], out _));
        }

        Assert.False(_plain[0].Key.Verify(_log.Head().ToText(), [], out _));
    }

    [Fact]
    public async Task TwoHeadsOfOneSize_WithOtherLines_AreTwoFacesOfWhoeverSignsTheLines()
    {
        var one = _log.Head();
        var other = one with { Extensions = [.. one.Extensions.Reverse()] };
        foreach (var (signer, isProven) in new[] { (_mlDsa[0], true), (_plain[0], false) })
        {
            var faces = TwoFaces.Find(
                signer.Key, await SignedAsync(one, [], [signer]), await SignedAsync(other, [], [signer]));
            Assert.Equal(isProven, faces is not null);
            Assert.True(faces is null || TwoFaces.Read(CanonicalJson.Serialize(faces)).Judge().IsProven);
        }

        var otherRoot = one with { Root = new byte[32] };
        Assert.NotNull(TwoFaces.Find(
            _plain[0].Key, await SignedAsync(one, [], [_plain[0]]), await SignedAsync(otherRoot, [], [_plain[0]])));
    }

    [Fact]
    public void MembersKeyOnTheLedger_IsOneOfEachHalf_InTheSamePeriod()
    {
        var half = MlDsaPrivateKey.Generate();
        var key = new SigningKey
        {
            Id = "log-1",
            PublicKeyMultibase = Multikey.Encode(KeyAlgorithm.Ed25519, Point(_elliptic[0].Key)),
            MlDsaMultibase = half.PublicKey.PublicKeyMultibase,
            ValidFrom = SampleIssuer.IssuedAt,
        };
        var trusted = MemberCosigner.Of(SimulatedLog.Ledger, "AuroraMSP", [key]);
        Assert.Equal(
            [NoteKeyType.Cosignature, NoteKeyType.MlDsaHead], trusted.Keys.Select(one => NoteKey.Parse(one.Key).Type));
        Assert.All(trusted.Keys, one => Assert.Equal(SampleIssuer.IssuedAt, one.From));
        Assert.Empty(MemberCosigner.Of(
            SimulatedLog.Ledger, "AuroraMSP", [key with { CompromisedSince = SampleIssuer.IssuedAt }]).Keys);
        Assert.Single(MemberCosigner.KeysOf(SimulatedLog.Ledger, "AuroraMSP", key with { MlDsaMultibase = "none" }));
        Assert.Null(MemberCosigner.LogKeyOf(SimulatedLog.Ledger, NoteKey.Parse(trusted.Keys[1].Key)));
    }

    private static byte[] Point(NoteKey key) => Convert.FromBase64String($"{key}".Split('+', 3)[2])[1..];

    private static bool IsMlDsa(NoteSignature signature) => signature.Bytes.Length > 72;

    private static byte[] Redated(NoteSignature signature)
    {
        byte[] bytes = signature.Bytes.ToArray();
        bytes[6]++;
        return bytes;
    }

    private LogTrust Trust(bool mlDsaNeeded, NoteSigner[]? mlDsa = null) => new()
    {
        Ledger = SimulatedLog.Ledger,
        Members =
        [
            .. _elliptic.Select(one => one.Trusted with
            {
                Keys =
                [
                    .. one.Trusted.Keys,
                    .. (mlDsa ?? _mlDsa).Where(signer => signer.Key.Name == one.Key.Name)
                        .Select(signer => new CosignerKey($"{signer.Key}")),
                ],
            }),
        ],
        MembersNeeded = Needed,
        MlDsaNeeded = mlDsaNeeded ? true : null,
    };

    private async Task<SignedNote> SignedAsync(LogHead head, SimulatedCosigner[] elliptic, NoteSigner[] mlDsa)
    {
        var now = _time.GetUtcNow();
        var note = new SignedNote(head.ToText(), [.. elliptic.Select(one => one.Sign(head, now))]);
        foreach (var one in mlDsa)
            note = note.With(await one.SignAsync(note.Text, now, TestContext.Current.CancellationToken));
        Assert.Equal(note.ToString(), SignedNote.Parse(Encoding.UTF8.GetBytes($"{note}")).ToString());
        return note;
    }

    private LogVerdict Verify(SignedNote head, LogTrust trust) => Verify(_log.Prove(head, _cohort), trust);

    private LogVerdict Verify(byte[] proof, LogTrust trust) =>
        new LogProofVerifier(_time, new LogProofOptions { Trust = trust }).Verify(_cohort.Documents[0], proof);
}
