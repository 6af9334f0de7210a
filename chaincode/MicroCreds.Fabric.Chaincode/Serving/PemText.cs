using System.Text;

namespace MicroCreds.Fabric.Chaincode.Serving;

/// <summary>Reads PEM files as peers hand them to a chaincode: as they are, or once more in base64.</summary>
internal static class PemText
{
    private const string Mark = "-----BEGIN ";

    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string Read(string file)
    {
        string text = File.ReadAllText(file);
        byte[] decoded = new byte[text.Length];
        return !text.Contains(Mark, StringComparison.Ordinal)
            && Convert.TryFromBase64String(text, decoded, out int length)
            && Encoding.ASCII.GetString(decoded, 0, length) is var inner
            && inner.Contains(Mark, StringComparison.Ordinal)
                ? inner
                : text;
    }
}
