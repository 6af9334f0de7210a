using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace MicroCreds.Fabric.Client;

/// <summary>How to connect to a Fabric Gateway: as whom, over which channel, with which deadlines.</summary>
/// <remarks>
/// A timeout is how long one call may take; <see cref="Timeout.InfiniteTimeSpan"/> means as long as it takes.
/// </remarks>
public sealed record GatewayOptions
{
    /// <summary>The default of <see cref="EvaluateTimeout"/>: 30 seconds.</summary>
    public static readonly TimeSpan DefaultEvaluateTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The default of <see cref="EndorseTimeout"/>: 15 seconds.</summary>
    public static readonly TimeSpan DefaultEndorseTimeout = TimeSpan.FromSeconds(15);

    /// <summary>The default of <see cref="SubmitTimeout"/>: 15 seconds.</summary>
    public static readonly TimeSpan DefaultSubmitTimeout = TimeSpan.FromSeconds(15);

    /// <summary>The default of <see cref="CommitStatusTimeout"/>: 60 seconds.</summary>
    public static readonly TimeSpan DefaultCommitStatusTimeout = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The gRPC channel to a peer, such as <see cref="PeerChannel.Open"/> returns. It stays the caller's to dispose,
    /// and gateways of several identities should share it.
    /// </summary>
    public required ChannelBase Channel { get; init; }

    /// <summary>The client's identity.</summary>
    public required X509Identity Identity { get; init; }

    /// <summary>Signs for the identity. Default is none: then every message must be signed off-line.</summary>
    public ISigner? Signer { get; init; }

    /// <summary>
    /// Hashes a message before it is signed. Default is <see cref="Hashes.None"/> for a <see cref="PrivateKeySigner"/>
    /// that signs whole messages, else <see cref="Hashes.Sha256"/>.
    /// </summary>
    public HashFunction? Hash { get; init; }

    /// <summary>
    /// The SHA-256 of the TLS client certificate: needed for block events over mutual TLS
    /// (<see cref="PeerChannel.CertificateHash"/>). Default is empty.
    /// </summary>
    public ReadOnlyMemory<byte> TlsClientCertificateHash { get; init; }

    /// <summary>
    /// Where repeated submits and resumed streams are told, under the category <see cref="FabricTelemetry.Name"/>.
    /// Default is null: nowhere.
    /// </summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>
    /// How long an evaluation may take, and asking for the number of the newest block, with which opening a stream of
    /// events begins. Default is 30 seconds.
    /// </summary>
    public TimeSpan EvaluateTimeout { get; init; } = DefaultEvaluateTimeout;

    /// <summary>How long collecting endorsements may take. Default is 15 seconds.</summary>
    public TimeSpan EndorseTimeout { get; init; } = DefaultEndorseTimeout;

    /// <summary>How long handing a transaction to the ordering service may take. Default is 15 seconds.</summary>
    public TimeSpan SubmitTimeout { get; init; } = DefaultSubmitTimeout;

    /// <summary>How long to wait for a transaction to be committed. Default is 60 seconds.</summary>
    public TimeSpan CommitStatusTimeout { get; init; } = DefaultCommitStatusTimeout;

    /// <summary>How long one stream of chaincode events may last. Default is for ever.</summary>
    public TimeSpan ChaincodeEventsTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>How long one stream of blocks may last. Default is for ever.</summary>
    public TimeSpan BlockEventsTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>How long one stream of filtered blocks may last. Default is for ever.</summary>
    public TimeSpan FilteredBlockEventsTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>How long one stream of blocks with private data may last. Default is for ever.</summary>
    public TimeSpan BlockAndPrivateDataEventsTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Dates the messages and paces retries. Default is the system's clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal HashFunction EffectiveHash =>
        Hash ?? (Signer is PrivateKeySigner { SignsWholeMessage: true } ? Hashes.None : Hashes.Sha256);

    /// <exception cref="ArgumentException">Names every fault of the options.</exception>
    internal void Validate()
    {
        string[] faults = [.. Faults()];
        if (faults.Length > 0)
        {
            throw new ArgumentException($"The gateway options are wrong: {string.Join(" ", faults)}");
        }
    }

    private IEnumerable<string> Faults()
    {
        if (Channel is null)
            yield return "Channel is null: open one with PeerChannel.Open.";

        if (Identity is null)
            yield return "Identity is null: read one with X509Identity.FromPem.";

        if (TimeProvider is null)
            yield return "TimeProvider is null.";

        if (TlsClientCertificateHash.Length is not (0 or 32))
            yield return $"TlsClientCertificateHash has {TlsClientCertificateHash.Length} bytes: a SHA-256 has 32.";

        if (Identity is not null && Signer is PrivateKeySigner signer)
        {
            if (!signer.PublicKeyInfo.AsSpan().SequenceEqual(Identity.PublicKeyInfo))
                yield return $"Signer's private key does not belong to the certificate of {Identity.Subject}.";

            if (signer.SignsWholeMessage && Hash is not null && Hash != Hashes.None)
                yield return "Hash must be Hashes.None, or not set, for an Ed25519 key.";
        }

        foreach (var (name, timeout) in Timeouts())
        {
            if (timeout <= TimeSpan.Zero && timeout != Timeout.InfiniteTimeSpan)
                yield return $"{name} is {timeout}: it must be positive, or Timeout.InfiniteTimeSpan.";
        }
    }

    private (string Name, TimeSpan Timeout)[] Timeouts() =>
    [
        (nameof(EvaluateTimeout), EvaluateTimeout),
        (nameof(EndorseTimeout), EndorseTimeout),
        (nameof(SubmitTimeout), SubmitTimeout),
        (nameof(CommitStatusTimeout), CommitStatusTimeout),
        (nameof(ChaincodeEventsTimeout), ChaincodeEventsTimeout),
        (nameof(BlockEventsTimeout), BlockEventsTimeout),
        (nameof(FilteredBlockEventsTimeout), FilteredBlockEventsTimeout),
        (nameof(BlockAndPrivateDataEventsTimeout), BlockAndPrivateDataEventsTimeout),
    ];
}
