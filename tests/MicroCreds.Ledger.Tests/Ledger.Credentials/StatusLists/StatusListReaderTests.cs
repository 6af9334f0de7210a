using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Model;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.StatusLists;

/// <summary>A status list is read by somebody who trusts nobody but its issuer's key.</summary>
public sealed class StatusListReaderTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 9, 0, 0, TimeSpan.Zero);

    private readonly IssuerPrivateKey _key = IssuerPrivateKey.Generate();
    private readonly FakeTimeProvider _time = new(Now);
    private readonly StatusListCredential _list = new()
    {
        Url = "https://creds.aurora.example/v1/status-lists/AuroraMSP~list-1~revocation",
        Purpose = StatusPurpose.Revocation,
        Issuer = "did:web:aurora.example",
        ValidFrom = Now,
        ValidUntil = Now.AddMinutes(10),
        TimeToLive = TimeSpan.FromMinutes(1),
        Bits = Bitstring.Of(Limits.StatusListSize, [5, 77]),
    };

    private StatusListQuery Query => new()
    {
        Url = _list.Url,
        Purpose = StatusPurpose.Revocation,
        Issuer = _list.Issuer,
        FindKey = id => id == "key-1" ? Multikey.Parse(_key.PublicKeyMultibase) : null,
        FetchedAt = Now,
    };

    public void Dispose() => _key.Dispose();

    [Fact]
    public void Read_SoundList_SaysWhoIsRevoked()
    {
        var read = Read(_list.Sign(_key, "key-1"));
        Assert.True(read.Bits[5]);
        Assert.True(read.Bits[77]);
        Assert.False(read.Bits[6]);
        Assert.Equal(Limits.StatusListSize, read.Bits.Length);
        Assert.Equal(Now.AddMinutes(1), read.ReadableUntil);
    }

    [Fact]
    public void Read_Ed25519List_IsReadToo()
    {
        using var key = IssuerPrivateKey.Generate(KeyAlgorithm.Ed25519);
        var query = Query with { FindKey = _ => Multikey.Parse(key.PublicKeyMultibase) };
        Assert.True(new StatusListReader(_time).Read(_list.Sign(key, "key-1"), query).Bits[5]);
    }

    [Fact]
    public void Read_AnotherPurpose_IsRefused() => AssertFault(
        StatusListFault.OtherPurpose, (_list with { Purpose = StatusPurpose.Suspension }).Sign(_key, "key-1"));

    [Fact]
    public void Read_AnotherList_IsRefused() => AssertFault(
        StatusListFault.OtherList,
        (_list with { Url = _list.Url.Replace("list-1", "list-2", StringComparison.Ordinal) }).Sign(_key, "key-1"));

    [Fact]
    public void Read_SameListAtAnotherHost_IsRefused() => AssertFault(
        StatusListFault.OtherList,
        (_list with { Url = _list.Url.Replace("aurora.", "evil.", StringComparison.Ordinal) }).Sign(_key, "key-1"));

    [Fact]
    public void Read_ForeignIssuer_IsRefused() => AssertFault(
        StatusListFault.OtherIssuer, (_list with { Issuer = "did:web:linden.example" }).Sign(_key, "key-1"));

    [Fact]
    public void Read_ForeignKeyInTheIssuersName_IsRefused()
    {
        using var foreign = IssuerPrivateKey.Generate();
        AssertFault(StatusListFault.NotSigned, _list.Sign(foreign, "key-1"));
    }

    [Fact]
    public void Read_KeyThatTheIssuerDoesNotHave_IsRefused() =>
        AssertFault(StatusListFault.NotSigned, _list.Sign(_key, "key-2"));

    [Fact]
    public void Read_ClearedBit_IsRefused()
    {
        string cleared = Bitstring.Of(Limits.StatusListSize, [5]).Encode();
        AssertFault(StatusListFault.NotSigned, Change(list => list["credentialSubject"]!["encodedList"] = cleared));
    }

    [Fact]
    public void Read_LongerValidityThanWasSigned_IsRefused() => AssertFault(
        StatusListFault.NotSigned, Change(list => list["validUntil"] = "2099-01-01T00:00:00Z"));

    [Theory]
    [InlineData("validUntil")]
    [InlineData("validFrom")]
    [InlineData("id")]
    [InlineData("issuer")]
    [InlineData("proof")]
    [InlineData("@context")]
    [InlineData("credentialSubject")]
    public void Read_MissingMember_IsRefused(string member) =>
        AssertFault(StatusListFault.Malformed, Change(list => list.Remove(member)));

    [Theory]
    [InlineData("ttl")]
    [InlineData("encodedList")]
    [InlineData("statusPurpose")]
    public void Read_MissingMemberOfTheList_IsRefused(string member) =>
        AssertFault(StatusListFault.Malformed, Change(list => list["credentialSubject"]!.AsObject().Remove(member)));

    [Fact]
    public void Read_Expired_IsRefused()
    {
        byte[] document = _list.Sign(_key, "key-1");
        _time.Advance(TimeSpan.FromMinutes(10));
        AssertFault(StatusListFault.Stale, document, Query with { FetchedAt = _time.GetUtcNow() });
    }

    [Fact]
    public void Read_PastItsTimeToLive_IsRefused()
    {
        byte[] document = _list.Sign(_key, "key-1");
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.True(Read(document).Bits[5]);
        _time.Advance(TimeSpan.FromSeconds(1));
        AssertFault(StatusListFault.Stale, document);
    }

    [Fact]
    public void Read_OlderThanOneSeenBefore_IsRefused() => AssertFault(
        StatusListFault.Stale, _list.Sign(_key, "key-1"), Query with { NewestSeen = Now.AddSeconds(1) });

    [Fact]
    public void Read_NotValidYet_IsRefused() => AssertFault(
        StatusListFault.Stale, (_list with { ValidFrom = Now.AddMinutes(5) }).Sign(_key, "key-1"));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{\"a\":1,\"a\":2}")]
    public void Read_NoDocument_IsRefused(string text) =>
        AssertFault(StatusListFault.Malformed, Encoding.UTF8.GetBytes(text));

    [Fact]
    public void Read_DocumentOfManyMegabytes_IsRefusedUnread() =>
        AssertFault(StatusListFault.TooLong, new byte[StatusListReader.MaxDocumentBytes + 1]);

    private ReadStatusList Read(byte[] document) => new StatusListReader(_time).Read(document, Query);

    private byte[] Change(Action<JsonObject> change)
    {
        var document = JsonNode.Parse(_list.Sign(_key, "key-1"))!.AsObject();
        change(document);
        return Encoding.UTF8.GetBytes(document.ToJsonString());
    }

    private void AssertFault(StatusListFault fault, byte[] document, StatusListQuery? query = null) => Assert.Equal(
        fault,
        Assert.Throws<StatusListException>(() => new StatusListReader(_time).Read(document, query ?? Query)).Fault);
}
