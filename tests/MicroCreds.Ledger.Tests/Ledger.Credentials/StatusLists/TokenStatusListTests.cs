using System.Buffers.Text;
using System.Formats.Cbor;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Security.Cryptography.Cose;
using System.Text;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Forms;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.StatusLists;

/// <summary>The IETF's status lists: how they are packed, and how they are signed.</summary>
public sealed class TokenStatusListTests
{
    private const string Url = "https://creds.aurora.example/v1/status-lists/AuroraMSP~list-1~any";

    [Theory]
    [InlineData("b9a3", 1, new[] { 1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1 })]
    [InlineData("c944f9", 2, new[] { 1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3 })]
    public void Decode_TheDraftsExamples_SayWhatTheySayThere(string bytes, int bits, int[] expected)
    {
        var list = TokenStatuses.Decode(Pack(Convert.FromHexString(bytes)), bits);
        Assert.Equal(expected, Enumerable.Range(0, list.Length).Select(i => list[i]));
    }

    [Fact]
    public void Of_BothLists_SaysEachAndRevokedAboveSuspended()
    {
        var random = new Random(15);
        int[] revoked = [.. Enumerable.Range(0, 500).Select(_ => random.Next(Bitstring.MinLength)), 0, 7];
        int[] suspended = [.. Enumerable.Range(0, 500).Select(_ => random.Next(Bitstring.MinLength)), 7, 8];
        var list = TokenStatuses.Decode(
            TokenStatuses.Of(
                Bitstring.Of(Bitstring.MinLength, revoked), Bitstring.Of(Bitstring.MinLength, suspended)).Encode(),
            TokenStatuses.OwnBits);
        Assert.Equal(Bitstring.MinLength, list.Length);
        for (int i = 0; i < list.Length; i++)
        {
            int expected = revoked.Contains(i) ? TokenStatuses.Invalid
                : suspended.Contains(i) ? TokenStatuses.Suspended : TokenStatuses.Valid;
            Assert.True(expected == list[i], $"{i} is {list[i]}.");
        }

        Assert.Throws<StatusListException>(() => list[list.Length]);
        Assert.Throws<StatusListException>(() => list[-1]);
    }

    [Fact]
    public void Decode_WhatIsNoList_IsRefused()
    {
        AssertFault(StatusListFault.Malformed, () => TokenStatuses.Decode([1, 2, 3], 2));
        AssertFault(StatusListFault.Malformed, () => TokenStatuses.Decode(Pack([1]), 3));
        byte[] bomb = Pack(new byte[TokenStatuses.MaxBytes + 1]);
        AssertFault(StatusListFault.TooLong, () => TokenStatuses.Decode(bomb, 2));
    }

    [Fact]
    public void SignJwt_HasWhatTheDraftAsksFor()
    {
        using var issuer = new SampleIssuer();
        var token = ForgedToken.Of(List().SignJwt(KeyOf(issuer)));
        Assert.Equal("statuslist+jwt", (string?)token.Header["typ"]);
        Assert.Equal("did:web:aurora.example#key-1:jwk", (string?)token.Header["kid"]);
        Assert.Equal(Url, (string?)token.Payload["sub"]);
        Assert.Equal(SampleIssuer.IssuedAt.ToUnixTimeSeconds(), (long)token.Payload["iat"]!);
        Assert.Equal(60, (long)token.Payload["ttl"]!);
        Assert.Equal(600, (long)token.Payload["exp"]! - (long)token.Payload["iat"]!);
        var list = TokenStatuses.Decode(
            Base64Url.DecodeFromChars((string)token.Payload["status_list"]!["lst"]!),
            (int)token.Payload["status_list"]!["bits"]!);
        Assert.Equal([1, 2, 0], new[] { list[3], list[4], list[5] });
    }

    [Fact]
    public void SignCwt_ReadByMicrosoftsCose_IsTheIssuers()
    {
        using var issuer = new SampleIssuer();
        using var handle = ECDsa.Create();
        handle.ImportFromPem(issuer.Key.ToPem());
        var message = CoseMessage.DecodeSign1(List().SignCwt(KeyOf(issuer)));
        Assert.True(message.VerifyEmbedded(handle));
        Assert.Equal(
            "application/statuslist+cwt", message.ProtectedHeaders[new CoseHeaderLabel(16)].GetValueAsString());
        Assert.Equal(
            "did:web:aurora.example#key-1:jwk",
            Encoding.UTF8.GetString(message.UnprotectedHeaders[CoseHeaderLabel.KeyIdentifier].GetValueAsBytes()));

        var claims = new CborReader(message.Content!.Value);
        claims.ReadStartMap();
        var found = new Dictionary<int, object>();
        while (claims.PeekState() != CborReaderState.EndMap)
        {
            int name = claims.ReadInt32();
            found[name] = claims.PeekState() switch
            {
                CborReaderState.TextString => claims.ReadTextString(),
                CborReaderState.StartMap => claims.ReadEncodedValue().ToArray(),
                _ => claims.ReadInt64(),
            };
        }

        Assert.Equal([1, 2, 4, 6, 65533, 65534], found.Keys.Order());
        Assert.Equal(Url, found[2]);
        Assert.Equal(60L, found[65534]);
        var list = new CborReader((byte[])found[65533]);
        list.ReadStartMap();
        Assert.Equal("lst", list.ReadTextString());
        var statuses = TokenStatuses.Decode(list.ReadByteString(), 2);
        Assert.Equal("bits", list.ReadTextString());
        Assert.Equal(2, list.ReadInt32());
        Assert.Equal([1, 2, 0], new[] { statuses[3], statuses[4], statuses[5] });
    }

    private static TokenStatusList List() => new()
    {
        Url = Url,
        IssuedAt = SampleIssuer.IssuedAt,
        ExpiresAt = SampleIssuer.IssuedAt.AddMinutes(10),
        TimeToLive = TimeSpan.FromMinutes(1),
        Statuses = TokenStatuses.Of(
            Bitstring.Of(Bitstring.MinLength, [3]), Bitstring.Of(Bitstring.MinLength, [4])),
    };

    private static TokenKey KeyOf(SampleIssuer issuer) => new(issuer.Key, issuer.Institution.Did, "key-1");

    private static byte[] Pack(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true)) zlib.Write(bytes);
        return packed.ToArray();
    }

    private static void AssertFault(StatusListFault fault, Action decode) =>
        Assert.Equal(fault, Assert.Throws<StatusListException>(decode).Fault);
}
