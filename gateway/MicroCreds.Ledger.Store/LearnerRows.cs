using System.Data.Common;

namespace MicroCreds.Ledger.Store;

/// <summary>What leads learners to a credential, and others whom they show it.</summary>
internal static class LearnerRows
{
    private static readonly string[] Tables =
    [
        "delivery", "claim", "holding", "share", "transcript_part", "wallet_offer", "wallet_grant_part", "wallet_copy",
        "wallet_deferral",
    ];

    /// <summary>Forgets all of it: an erased credential is shown nowhere, and nobody is written to about it.</summary>
    public static void Forget(DbConnection connection, byte[] credential)
    {
        foreach (string table in Tables)
        {
            using var delete = connection.Prepare($"DELETE FROM {table} WHERE credential = $0", 1);
            delete.With(credential).ExecuteNonQuery();
        }

        AwardApplications.Forget(connection, credential);
        PracticeRows.ForgetOf(connection, credential);
    }
}
