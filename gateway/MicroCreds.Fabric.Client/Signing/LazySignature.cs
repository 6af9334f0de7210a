using Google.Protobuf;

namespace MicroCreds.Fabric.Client.Signing;

/// <summary>
/// The signature of one message: as it was given, or made when it is first needed. Of several calls that make it at
/// once, one's is kept, so that all of them send the same bytes.
/// </summary>
internal sealed class LazySignature(SigningIdentity identity, ByteString content, ByteString given, string what)
{
    private ByteString? _made = given.IsEmpty ? null : given;

    public ByteString Content => content;

    /// <summary>The signature; empty while there is none.</summary>
    public ByteString Value => Volatile.Read(ref _made) ?? ByteString.Empty;

    public byte[] Digest() => identity.Digest(content);

    /// <exception cref="InvalidOperationException">There is neither a signature nor a signer.</exception>
    public async ValueTask<ByteString> GetAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _made) is { } known)
            return known;

        var made = await identity.SignAsync(content, what, cancellationToken).ConfigureAwait(false);
        return Interlocked.CompareExchange(ref _made, made, null) ?? made;
    }
}
