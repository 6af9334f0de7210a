using System.Text;
using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Tiles;
using MicroCreds.Ledger.Log.Witnessing;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Log;

public sealed class WitnessTests
{
    private const string Origin = "log.example/a";

    // The specification's own example of a request, with one of its signatures.
    private const string Example =
        "old 20852014\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\njrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
        + "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\n"
        + "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        + "\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku"
        + "9nTo+zyWE+xeMcTOAYQ8=\n";

    [Fact]
    public void SpecificationsRequest_IsReadAndWritten()
    {
        var request = WitnessRequest.Parse(Encoding.UTF8.GetBytes(Example));
        Assert.Equal((20_852_014, 4), (request.OldSize, request.Proof.Count));
        Assert.Equal(20_852_163, LogHead.Parse(request.Checkpoint.Text).Size);
        Assert.Equal(Example, Encoding.UTF8.GetString(request.ToBytes()));
    }

    [Theory]
    [InlineData("old 20852014", "old 020852014")]
    [InlineData("old 20852014", "old -1")]
    [InlineData("old 20852014", "new 20852014")]
    [InlineData("old 20852014\n", "old 20852014\n\n")]
    [InlineData("jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=", "jrJZ")]
    [InlineData("example.com/behind-the-sofa\n", "")]
    public void Request_InAnotherForm_IsRefused(string part, string other)
    {
        string changed = Example.Replace(part, other, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() =>
            LogHead.Parse(WitnessRequest.Parse(Encoding.UTF8.GetBytes(changed)).Checkpoint.Text));
    }

    [Fact]
    public void Request_WithTooLongAProof_IsRefused()
    {
        string hashes = string.Concat(Enumerable.Repeat(
            Convert.ToBase64String(new byte[32]) + "\n", LogProofs.MaxHashes));
        string body = Example.Replace("old 20852014\n", "old 20852014\n" + hashes, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => WitnessRequest.Parse(Encoding.UTF8.GetBytes(body)));
    }

    /// <summary>A log that forks, rewinds or hides is refused whatever it sends.</summary>
    [Fact]
    public void Witness_CosignsWhatGrows_AndNeverAnotherPast()
    {
        var (sample, fork) = (new SampleTree(40), new SampleTree(41));
        var forked = Head(fork.Tree) with { Root = Head(fork.At(39)).Root };
        LogHead? cosigned = null;
        foreach (int size in new[] { 0, 1, 5, 5, 8, 40 })
        {
            var head = Head(sample.At(size));
            var proof = sample.At(size).ConsistencyProof(cosigned?.Size ?? 0);
            Assert.Equal(WitnessVerdict.Cosign, Judge(cosigned?.Size ?? 0, proof, head, cosigned));
            cosigned = head;
        }

        Assert.Equal(
            WitnessVerdict.Inconsistent, Judge(40, fork.Tree.ConsistencyProof(40), forked, cosigned));
        Assert.Equal(WitnessVerdict.OtherRoot, Judge(40, [], cosigned! with { Root = forked.Root }, cosigned));
        Assert.Equal(WitnessVerdict.Inconsistent, Judge(40, [new byte[32]], cosigned, cosigned));
        Assert.Equal(WitnessVerdict.Cosign, Judge(40, [], cosigned, cosigned));

        // What a ledger's log says behind its root follows from its leaves; what others say there may be a time.
        var (one, two) = (cosigned with { Extensions = ["1 pm"] }, cosigned with { Extensions = ["2 pm"] });
        string ledger = LedgerName.Of("credentials", new byte[32]);
        Assert.Equal(WitnessVerdict.Cosign, Judge(40, [], two, one));
        Assert.Equal(
            WitnessVerdict.Inconsistent,
            Judge(40, [], two with { Origin = ledger }, one with { Origin = ledger }));

        Assert.Equal(WitnessVerdict.OldSizeTooLarge, Judge(40, [], Head(sample.At(39)), cosigned));
        Assert.Equal(WitnessVerdict.OtherSize, Judge(0, [], Head(sample.At(39)), cosigned));
        Assert.Equal(WitnessVerdict.OtherSize, Judge(39, sample.Tree.ConsistencyProof(39), cosigned, cosigned));
        Assert.Equal(WitnessVerdict.Inconsistent, Judge(0, [new byte[32]], cosigned, null));
        Assert.Equal(WitnessVerdict.Inconsistent, Judge(0, [], new LogHead(Origin, 0, new byte[32]), null));
    }

    private static LogHead Head(TiledTree tree) => new(Origin, tree.Size, tree.Root());

    private static WitnessVerdict Judge(
        long oldSize, IReadOnlyList<byte[]> proof, LogHead head, LogHead? cosigned) =>
        WitnessRule.Judge(
            new WitnessRequest(oldSize, proof, new SignedNote(head.ToText(), [])), head, cosigned);
}
