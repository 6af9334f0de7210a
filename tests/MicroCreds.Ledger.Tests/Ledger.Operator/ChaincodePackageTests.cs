using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Operator.Engines.Native;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

public sealed class ChaincodePackageTests
{
    private const string Label = "microcreds_1.0";
    private const string Address = "127.0.0.1:9101";

    private static readonly ConnectionTls Tls = new("client certificate", "client key", "root certificate");

    [Fact]
    public void Package_WithTls_SaysWhatPeersRead()
    {
        var files = Unpack(ChaincodePackage.Create(Label, Address, Tls));
        Assert.Equal(["metadata.json", "code.tar.gz"], files.Select(file => file.Name));
        Assert.Equal("""{"type":"ccaas","label":"microcreds_1.0"}""", Compact(files[0].Content));

        var code = Assert.Single(Unpack(files[1].Content));
        Assert.Equal("connection.json", code.Name);
        Assert.Equal(
            """{"address":"127.0.0.1:9101","dial_timeout":"10s","tls_required":true,"client_auth_required":true"""
            + ""","client_cert":"client certificate","client_key":"client key","root_cert":"root certificate"}""",
            Compact(code.Content));
    }

    [Fact]
    public void Package_WithoutTls_HasNoKeys()
    {
        byte[] code = Unpack(ChaincodePackage.Create(Label, Address, tls: null))[1].Content;
        Assert.Equal(
            """{"address":"127.0.0.1:9101","dial_timeout":"10s","tls_required":false}""",
            Compact(Unpack(code).Single().Content));
    }

    [Fact]
    public void Package_MadeTwice_HasOneId()
    {
        byte[] package = ChaincodePackage.Create(Label, Address, Tls);
        string id = ChaincodePackage.IdOf(Label, package);
        Assert.Matches("^microcreds_1\\.0:[0-9a-f]{64}$", id);
        Assert.Equal(id, ChaincodePackage.IdOf(Label, ChaincodePackage.Create(Label, Address, Tls)));
        Assert.NotEqual(id, ChaincodePackage.IdOf(Label, ChaincodePackage.Create(Label, "127.0.0.1:9102", Tls)));
    }

    private static List<(string Name, byte[] Content)> Unpack(byte[] archive)
    {
        using var gzip = new GZipStream(new MemoryStream(archive), CompressionMode.Decompress);
        using var tar = new TarReader(gzip);
        var files = new List<(string, byte[])>();
        while (tar.GetNextEntry() is { } entry)
        {
            using var content = new MemoryStream();
            entry.DataStream!.CopyTo(content);
            files.Add((entry.Name, content.ToArray()));
        }

        return files;
    }

    private static string Compact(byte[] json) => JsonNode.Parse(json)!.ToJsonString();
}
