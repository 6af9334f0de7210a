using System.Buffers.Binary;
using System.Text;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Notes;

/// <summary>Signs notes in a name. Thread-safe as its key is.</summary>
public sealed class NoteSigner
{
    private readonly IIssuerSigner _signer;

    /// <param name="name">The name of the key; of a log its origin.</param>
    /// <param name="type">What it signs.</param>
    /// <param name="signer">The private key, which must be one of Ed25519.</param>
    /// <exception cref="FormatException">It is another kind of key, or the name is none.</exception>
    public NoteSigner(string name, NoteKeyType type, IIssuerSigner signer)
    {
        ArgumentNullException.ThrowIfNull(signer);
        var key = Multikey.Parse(signer.PublicKeyMultibase);
        if (key.Algorithm != KeyAlgorithm.Ed25519)
            throw new FormatException($"The key of {name} is a {key.Algorithm}; notes are signed by Ed25519.");
        (Key, _signer) = (NoteKey.Of(name, type, key.Bytes.Span), signer);
    }

    /// <summary>What verifies its signatures.</summary>
    public NoteKey Key { get; }

    /// <summary>Signs a text.</summary>
    /// <param name="text">The text, with its last newline.</param>
    /// <param name="now">The time, which a cosignature holds to the second.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    public async ValueTask<NoteSignature> SignAsync(
        string text, DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        if (Key.Type == NoteKeyType.Ed25519)
        {
            return new NoteSignature(
                Key.Name, Key.Id, await _signer.SignAsync(Encoding.UTF8.GetBytes(text), cancellationToken));
        }

        long seconds = now.ToUnixTimeSeconds();
        byte[] time = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(time, (ulong)seconds);
        byte[] signature = await _signer.SignAsync(NoteKey.CosignedBytes(text, seconds), cancellationToken);
        return new NoteSignature(Key.Name, Key.Id, (byte[])[.. time, .. signature]);
    }
}
