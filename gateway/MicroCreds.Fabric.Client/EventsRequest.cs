using Google.Protobuf;
using Grpc.Core;
using MicroCreds.Fabric.Client.Events;
using MicroCreds.Fabric.Client.Signing;

namespace MicroCreds.Fabric.Client;

/// <summary>A request for a stream of events, which can be signed off-line.</summary>
/// <typeparam name="TEvent">
/// What the stream delivers: chaincode events, blocks, filtered blocks, or blocks with private data.
/// </typeparam>
/// <remarks>Thread-safe; it can be read more than once.</remarks>
public sealed class EventsRequest<TEvent>
    where TEvent : class
{
    private readonly EventSource<TEvent> _source;
    private readonly LazySignature _signature;

    internal EventsRequest(EventSource<TEvent> source, ByteString content, ByteString signature)
    {
        _source = source;
        _signature = new LazySignature(source.Connection.Signing, content, signature, source.What + " request");
    }

    /// <summary>Returns what has to be signed, hashed with <see cref="GatewayOptions.Hash"/>.</summary>
    public byte[] Digest() => _signature.Digest();

    /// <summary>Serializes the request, for the method of <see cref="FabricGateway"/> that rebuilds its kind.</summary>
    public byte[] ToBytes() => _source.Wrap(_signature.Content, _signature.Value).ToByteArray();

    /// <summary>
    /// Opens the stream and delivers its events in the ledger's order, until it breaks, is cancelled or the gateway is
    /// disposed.
    /// </summary>
    /// <param name="cancellationToken">Ends the stream with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="EventStreamException">
    /// The stream could not be opened, also as the signer failed, or broke.
    /// </exception>
    /// <exception cref="InvalidOperationException">There is neither a signature nor a signer.</exception>
    /// <exception cref="ObjectDisposedException">The gateway was disposed before.</exception>
    public async IAsyncEnumerable<TEvent> ReadAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        _source.Connection.RefuseWhenDisposed();
        var signature = await SignAsync(cancellationToken).ConfigureAwait(false);
        var events = _source.OpenAsync(_signature.Content, signature, cancellationToken);
        await foreach (var item in events.ConfigureAwait(false))
        {
            yield return item;
        }
    }

    // A signer far away, such as a KMS, may answer the next time.
    private async ValueTask<ByteString> SignAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _signature.GetAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not InvalidOperationException && !cancellationToken.IsCancellationRequested)
        {
            throw new EventStreamException(
                $"Reading {_source.What} failed: the request could not be signed. {e.Message}", StatusCode.Unknown, e);
        }
    }
}
