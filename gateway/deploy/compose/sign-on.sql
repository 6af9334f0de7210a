-- Run once, when the database is made: the sign-on server keeps its own things apart from the gateway's.
CREATE DATABASE sign_on;
