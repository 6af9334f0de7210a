using System.Text;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// The half of ML-DSA-44 of a key, in a file beside the elliptic half, or named after it where that lies in a token or
/// with a key service, which know no such keys yet.
/// </summary>
internal static class MlDsaHalf
{
    /// <summary>What such files' names end in.</summary>
    public const string Extension = ".ml-dsa.pem";

    /// <summary>Names the file beside that of the elliptic half.</summary>
    public static string FileOf(string file) => Path.ChangeExtension(file, null) + Extension;

    /// <summary>Makes a half and stores it.</summary>
    /// <param name="file">The file of the elliptic half.</param>
    public static MlDsaPrivateKey Make(string file)
    {
        var made = MlDsaPrivateKey.Generate();
        PrivateFile.Write(FileOf(file), Encoding.ASCII.GetBytes(made.ToPem()));
        return made;
    }

    /// <summary>Reads the half; none if there is no file.</summary>
    /// <param name="file">The file of the elliptic half.</param>
    /// <exception cref="OptionsException">The file holds no such key.</exception>
    public static MlDsaPrivateKey? Find(string file)
    {
        string path = FileOf(file);
        if (!File.Exists(path)) return null;
        try
        {
            return MlDsaPrivateKey.FromPem(File.ReadAllText(path));
        }
        catch (FormatException exception)
        {
            throw new OptionsException([$"The half of ML-DSA-44 in {path}: {exception.Message}"]);
        }
    }
}
