using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>
/// A proof that who presents a credential has the key it is bound to, as it was read; not verified. A wallet makes it
/// of one SD-JWT, or of a presentation with whatever is in it.
/// </summary>
public sealed record HolderProof
{
    /// <summary>Whom the presentation was made for.</summary>
    public string Audience { get; init; } = "";

    /// <summary>What that party had asked to be repeated, so that nobody can present it a second time.</summary>
    public string Nonce { get; init; } = "";

    /// <summary>When it was made, as its maker says; of a presentation it may not.</summary>
    public DateTimeOffset? MadeAt { get; init; }

    /// <summary>From when on it is good, if it says so.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Until when it is good, if it says so.</summary>
    public DateTimeOffset? Expires { get; init; }

    // What cannot be read of it; then nothing else of it is there.
    internal string? Fault { get; init; }

    // Whether it covers what is presented.
    internal bool IsOfPresentation { get; init; }

    internal string Algorithm { get; init; } = "";

    internal ReadOnlyMemory<byte> SignedBytes { get; init; }

    internal byte[] Signature { get; init; } = [];

    /// <summary>Tells whether it is signed by a key.</summary>
    internal bool IsSignedBy(PublicKey key) =>
        Algorithm == CompactJws.AlgorithmOf(key.Algorithm) && key.Verify(SignedBytes.Span, Signature);
}
