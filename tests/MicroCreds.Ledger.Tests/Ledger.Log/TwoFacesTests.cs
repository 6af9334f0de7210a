using System.Text;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Exposing;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Witnessing;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Credentials;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Log;

/// <summary>What two heads that one key signed prove of it, and what they do not.</summary>
public sealed class TwoFacesTests : IDisposable
{
    private static readonly DateTimeOffset Now = SampleIssuer.IssuedAt;

    private readonly SimulatedCosigner _member = new("AuroraMSP");
    private readonly SimulatedCosigner _other = new("LindenMSP");
    private readonly SampleTree _tree = new(40);
    private readonly SampleTree _fork = new(41, word: "another leaf");

    public void Dispose()
    {
        _member.Dispose();
        _other.Dispose();
    }

    [Fact]
    public void HeadsOfOneSize_ThatAreNotTheSame_ProveIt_AndNameKeyMemberAndLog()
    {
        var faces = TwoFaces.Find(_member.Key, Signed(20, 1), Signed(20, 0, line: "credentials 1 x"))!;
        var finding = TwoFaces.Read(CanonicalJson.Serialize(faces)).Judge();
        Assert.Equal(
            (FacesKind.SameSize, "AuroraMSP", SimulatedLog.Ledger, _member.Key.ToString()),
            (finding.Kind, finding.Member, finding.Ledger, $"{finding.Key}"));
        Assert.Contains("20 leaves", finding.Detail, StringComparison.Ordinal);

        // The earlier one is the first, in whatever order they were found.
        Assert.Contains("credentials 1 x", faces.First, StringComparison.Ordinal);
    }

    [Fact]
    public void SmallerHeadThatIsLater_ProvesIt_AndAnOlderOneThatIsSmallerDoesNot()
    {
        Assert.Equal(FacesKind.Shorter, TwoFaces.Find(_member.Key, Signed(20, 0), Signed(19, 1))!.Judge().Kind);
        Assert.Null(TwoFaces.Find(_member.Key, Signed(20, 1), Signed(19, 0)));
        Assert.Null(TwoFaces.Find(_member.Key, Signed(20, 0), Signed(19, 0)));
        Assert.Null(TwoFaces.Find(_member.Key, Signed(20, 0), Signed(20, 5)));
    }

    [Fact]
    public void LeafThatIsAnotherOneInEach_ProvesIt_AndOnlyIfItLiesInBoth()
    {
        var (small, large) = (Signed(20, 0), Signed(30, 1, _fork));
        var here = LeafPlace.Of(_tree.At(20), 7);
        var there = LeafPlace.Of(_fork.At(30), 7);
        var faces = TwoFaces.Find(_member.Key, small, here, large, there, 7)!;
        Assert.Equal(FacesKind.OtherLeaf, faces.Judge().Kind);
        Assert.Equal(FacesKind.OtherLeaf, TwoFaces.Find(_member.Key, large, there, small, here, 7)!.Judge().Kind);
        Assert.Null(TwoFaces.Find(_member.Key, small, here, large, there, 8));
        Assert.Null(TwoFaces.Find(_member.Key, small, here, large, LeafPlace.Of(_fork.At(30), 8), 7));
        Assert.Null(TwoFaces.Find(_member.Key, small, here, large, here, 7));

        // A log that grew has the same leaf in both.
        var grown = LeafPlace.Of(_tree.At(30), 7);
        Assert.Null(TwoFaces.Find(_member.Key, small, here, Signed(30, 1), grown, 7));
    }

    [Fact]
    public void HeadsOfTwoKeysOrTwoLogs_ProveNothing()
    {
        var faces = TwoFaces.Find(_member.Key, Signed(20, 0), Signed(19, 1))!;
        foreach (var changed in (TwoFaces[])
        [
            faces with { Key = $"{_other.Key}" },
            faces with { Second = faces.First },
            faces with { Second = faces.Second.Replace("\n19\n", "\n18\n", StringComparison.Ordinal) },
            faces with { Key = "none" },
            faces with { First = "none" },
        ])
        {
            var finding = changed.Judge();
            Assert.False(finding.IsProven, finding.Detail);
        }

        var elsewhere = Head(19, _tree) with { Origin = "another.example/log" };
        var theirs = new SignedNote(elsewhere.ToText(), [_member.Sign(elsewhere, Now.AddMinutes(1))]);
        Assert.Null(TwoFaces.Find(_member.Key, Signed(20, 0), theirs));
        Assert.Throws<StrictJsonException>(() => TwoFaces.Read(Encoding.UTF8.GetBytes("""{"type":"TwoFaces"}""")));
    }

    [Fact]
    public async Task KeyThatSignsAsTheLog_IsProvenWithoutATime_AndIsNoMembers()
    {
        using var key = IssuerPrivateKey.Generate(KeyAlgorithm.Ed25519);
        var signer = new NoteSigner(SimulatedLog.Ledger, NoteKeyType.Ed25519, key);
        var notes = new List<SignedNote>();
        foreach (var tree in new[] { _tree, _fork })
        {
            string text = Head(20, tree).ToText();
            notes.Add(new SignedNote(
                text, [await signer.SignAsync(text, Now, TestContext.Current.CancellationToken)]));
        }

        var finding = TwoFaces.Find(signer.Key, notes[0], notes[1])!.Judge();
        Assert.Equal((FacesKind.SameSize, null), (finding.Kind, finding.Member));
        Assert.Equal(signer.Key.ToString(), $"{MemberCosigner.LogKeyOf(SimulatedLog.Ledger, signer.Key)}");
    }

    private SignedNote Signed(int size, int minutes, SampleTree? tree = null, string? line = null)
    {
        var head = Head(size, tree ?? _tree);
        if (line is not null) head = head with { Extensions = [line] };

        // Another's signature stands on it, too, and proves nothing of this key.
        return new SignedNote(
            head.ToText(), [_other.Sign(head, Now), _member.Sign(head, Now.AddMinutes(minutes))]);
    }

    private static LogHead Head(int size, SampleTree tree) => new(SimulatedLog.Ledger, size, tree.At(size).Root());
}
