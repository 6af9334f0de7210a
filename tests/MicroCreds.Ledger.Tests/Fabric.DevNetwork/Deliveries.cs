using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Orderer;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>Requests for blocks as a client signs them, and a stream of them.</summary>
internal static class Deliveries
{
    public static SeekPosition Number(ulong number) => new() { Specified = new SeekSpecified { Number = number } };

    public static SeekPosition Newest => new() { Newest = new SeekNewest() };

    public static SeekPosition Oldest => new() { Oldest = new SeekOldest() };

    public static SeekPosition Next => new() { NextCommit = new SeekNextCommit() };

    public static Envelope Request(
        TestSigner reader, string channel, IMessage? seek, DateTimeOffset? time = null, bool withTime = true)
    {
        var header = new ChannelHeader { Type = (int)HeaderType.DeliverSeekInfo, ChannelId = channel };
        if (withTime)
        {
            header.Timestamp = Timestamp.FromDateTimeOffset(time ?? DateTimeOffset.UtcNow);
        }

        var payload = new Payload
        {
            Header = new Header
            {
                ChannelHeader = header.ToByteString(),
                SignatureHeader = new SignatureHeader { Creator = reader.Serialized }.ToByteString(),
            },
            Data = seek?.ToByteString() ?? ByteString.CopyFrom(0xFF, 0xFF),
        }.ToByteString();
        return new Envelope { Payload = payload, Signature = ByteString.CopyFrom(reader.Signer.Sign(payload.Span)) };
    }

    /// <summary>A stream of requests that ends with the last.</summary>
    public sealed class Requests(params Envelope[] envelopes) : IAsyncStreamReader<Envelope>
    {
        private int _next = -1;

        public Envelope Current => envelopes[_next];

        public Task<bool> MoveNext(CancellationToken cancellationToken) => Task.FromResult(++_next < envelopes.Length);
    }
}
