using MicroCreds.Ledger.Credentials.Foreign;

namespace MicroCreds.Ledger.Gateway.Reading;

/// <summary>Opens what lies within something else, such as a PDF in a mail, as files that come alone.</summary>
internal sealed class CarrierOpener : IFileOpener
{
    public bool IsFile(ReadOnlySpan<byte> file) => BroughtFile.IsCarrier(file);

    public IReadOnlyList<byte[]> Open(ReadOnlyMemory<byte> file) => BroughtFile.Open(file.ToArray()).Documents;
}
