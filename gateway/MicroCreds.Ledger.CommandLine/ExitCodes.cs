namespace MicroCreds.Ledger.CommandLine;

/// <summary>What a script can go by; those from 64 on are BSD's sysexits.</summary>
internal static class ExitCodes
{
    /// <summary>Done, or valid.</summary>
    public const int Success = 0;

    /// <summary>A credential is invalid, or not in force.</summary>
    public const int Invalid = 1;

    /// <summary>Nothing is invalid, but something could not be checked, or is not of the consortium.</summary>
    public const int Indeterminate = 2;

    /// <summary>What was asked for waits for somebody's approval, or for its day.</summary>
    public const int Waits = 3;

    /// <summary>The command was not understood.</summary>
    public const int Usage = 64;

    /// <summary>What was given is not what it should be, or was refused.</summary>
    public const int BadData = 65;

    /// <summary>A file or an address cannot be read.</summary>
    public const int NoInput = 66;

    /// <summary>The gateway or the ledger cannot be reached.</summary>
    public const int Unavailable = 69;

    /// <summary>What was asked for cannot be written where it should be.</summary>
    public const int CannotCreate = 73;

    /// <summary>The API key is missing, or does not allow this.</summary>
    public const int NoPermission = 77;

    /// <summary>The words for --help.</summary>
    public const string Explained =
        """
        Exit codes:
          0   done; every credential is valid, or in force
          1   a credential is invalid, or is suspended or revoked
          2   nothing is invalid, but something could not be checked, or is not of the consortium
          3   what was asked for waits for another person's approval, or for its day
          64  the command was not understood
          65  what was given is not what it should be, or was refused
          66  a file or an address cannot be read
          69  the gateway or the ledger cannot be reached
          73  the file or folder for the answer cannot be written
          77  the API key is missing, or does not allow this
        """;
}
