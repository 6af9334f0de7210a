using MicroCreds.Ledger.Gateway.Attesting;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Log.Notes;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>The file of those who are asked to sign the log's heads.</summary>
public sealed class LogCosignersTests : IDisposable
{
    private const string Key = "LindenMSP/5f0c91d2a3b4c5e6";

    private readonly string _file = Path.GetTempFileName();
    private readonly string _member = $"{NoteKey.Of(Key, NoteKeyType.Cosignature, Point)}";
    private readonly string _log = $"{NoteKey.Of(Key, NoteKeyType.Ed25519, Point)}";

    // The generator of the curve, a public key like any other.
    private static byte[] Point => Convert.FromHexString("58" + string.Concat(Enumerable.Repeat("66", 31)));

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Line_NamesAMemberByItsMsp_WithOrWithoutAnAddress_OrSomebodyByAKeyAndAnAddress()
    {
        var found = Open(
            $"# Who signs\n\nLindenMSP\nMeridianMSP https://m.example/creds/\n{_member} http://l.example\n");
        Assert.Equal(
            [
                ("LindenMSP", null, null), ("MeridianMSP", null, "https://m.example/creds/"),
                (_member, _member, "http://l.example/"),
            ],
            found.Select(one => (one.Name, one.Key?.ToString(), one.Address?.AbsoluteUri)));
    }

    [Fact]
    public void Line_ThatIsNeither_IsNamed_AndSoIsEachOther()
    {
        string[] wrong =
            [_member, $"{_log} https://l.example", "LindenMSP ftp://l.example", "LindenMSP a b", "a+b http://c"];
        var refused = Assert.Throws<OptionsException>(() => Open(string.Join('\n', wrong)));
        Assert.Equal(wrong.Length, refused.Faults.Count);
        Assert.All(refused.Faults.Index(), one => Assert.StartsWith(
            $"LogCosigners: line {one.Index + 1} of {_file}: ", one.Item, StringComparison.Ordinal));
        Assert.Contains("It is a log's key", refused.Faults[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Members_StandsForAllOthers_InPlaceOfAFileOrInIt()
    {
        Assert.True(OpenFile(LogCosigners.Members).AsksMembers);
        File.WriteAllText(_file, $"members\n{_member} http://l.example\n");
        var beside = OpenFile(_file);
        Assert.True(beside.AsksMembers);
        Assert.Equal(_member, Assert.Single(beside.All).Name);
        File.WriteAllText(_file, "LindenMSP\n");
        Assert.False(OpenFile(_file).AsksMembers);
    }

    private IReadOnlyList<LogCosigner> Open(string text)
    {
        File.WriteAllText(_file, text);
        return OpenFile(_file).All;
    }

    private static LogCosigners OpenFile(string file) => LogCosigners.Open(new GatewayServiceOptions
    {
        MspId = "AuroraMSP",
        PeerEndpoint = "127.0.0.1:1",
        PeerTlsCa = "",
        UserCert = "",
        UserKey = "",
        DataDirectory = "",
        LogCosigners = file,
    });
}
